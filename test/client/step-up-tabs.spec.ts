import { Controller, Post, UseGuards } from '@nestjs/common';
import { type AskToStepUp, withStepUp } from '../../src/client/account.js';
import { createLatchkeyClient, type LatchkeyClient } from '../../src/client/latchkey-client.js';
import { JwtAuthGuard, StepUp } from '../../src/index.js';
import { ageSession, claimsOf } from '../support/age-session.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';
import { until } from '../support/until.js';
import { FakeTabs } from './support/fake-tabs.js';

@UseGuards(JwtAuthGuard)
@Controller('vault')
class VaultController {
  @StepUp({ maxAge: '5m' })
  @Post()
  put() {
    return { put: true };
  }

  @StepUp({ maxAge: '4m' })
  @Post('strict')
  putStrictly() {
    return { put: true };
  }

  @StepUp({ acr: 'mfa', maxAge: '5m' })
  @Post('strong')
  putStrongly() {
    return { put: true };
  }
}

const tabs = new FakeTabs();
let host: Host;
beforeAll(async () => {
  tabs.install();
  host = await startHost({ controllers: [VaultController] });
});
afterAll(async () => {
  await host?.close();
  tabs.uninstall();
});

const clients: LatchkeyClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
  tabs.delay = () => 0;
});

/** Tabs of a user who authenticated ten minutes ago. */
async function staleTabs(count: number) {
  const open = () => createLatchkeyClient({ baseUrl: host.client.url, transport: 'body' });
  const all = Array.from({ length: count }, open);
  clients.push(...all);
  await all[0]!.register({ email: newEmail(), password: PASSWORD });
  await ageSession(host, claimsOf((await all[0]!.getAccessToken())!).sid, 10);
  await all[0]!.refresh();
  for (const tab of all) expect(await tab.getUser()).not.toBeNull();
  return all;
}

/** A person in front of one tab, whose answer a test gives. */
function person() {
  const asked: object[] = [];
  const answers: ((given: Awaited<ReturnType<AskToStepUp>>) => void)[] = [];
  const ask: AskToStepUp = (needed) => {
    asked.push(needed);
    return new Promise((resolve) => answers.push(resolve));
  };
  return { asked, ask, answer: (given?: { password: string }) => answers.shift()!(given) };
}

const put = ({ fetch }: Pick<LatchkeyClient, 'fetch'>, path = 'vault', signal?: AbortSignal) =>
  fetch(path, { method: 'POST', signal });

describe('tabs that must step up', () => {
  it.each([
    ['immediately', 0],
    ['late', 400],
  ])('ask one question, and all of them go on when the news arrive %s', async (_, lateMs) => {
    const [one, two, three] = await staleTabs(3);
    const [here, there] = [person(), person()];
    const first = put(withStepUp(one!, here.ask));
    await until(() => here.asked.length === 1);
    const others = [put(withStepUp(two!, there.ask)), put(withStepUp(three!, there.ask))];
    tabs.delay = ({ isNew }) => (isNew ? lateMs : 0);
    here.answer({ password: PASSWORD });
    const answers = await Promise.all([first, ...others]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect([here.asked.length, there.asked.length]).toEqual([1, 0]);
  });

  it('ask in another tab only once the user has given up in the first', async () => {
    const [one, two] = await staleTabs(2);
    const [here, there] = [person(), person()];
    const first = put(withStepUp(one!, here.ask));
    await until(() => here.asked.length === 1);
    const second = put(withStepUp(two!, there.ask));
    await settled();
    expect(there.asked).toEqual([]);
    here.answer();
    const { status, headers } = await first;
    expect([status, headers.get('www-authenticate')]).toEqual([401, expect.stringContaining('max_age')]);
    await until(() => there.asked.length === 1);
    there.answer({ password: PASSWORD });
    expect((await second).status).toBe(201);
    expect(here.asked).toHaveLength(1);
  });

  it('do not ask for a request that was given up while it waited', async () => {
    const [one, two] = await staleTabs(2);
    const [here, there] = [person(), person()];
    const first = put(withStepUp(one!, here.ask));
    await until(() => here.asked.length === 1);
    const leaving = new AbortController();
    const second = put(withStepUp(two!, there.ask), 'vault', leaving.signal);
    await settled();
    leaving.abort(new Error('left'));
    await expect(second).rejects.toThrow('left');
    here.answer();
    expect((await first).status).toBe(401);
    await settled();
    expect(there.asked).toEqual([]);
    expect(tabs.heldLocks()).not.toContain('latchkey step-up');
  });

  it('go on asking after a wrong answer, each in its turn', async () => {
    const [one, two] = await staleTabs(2);
    const [here, there] = [person(), person()];
    const first = put(withStepUp(one!, here.ask));
    await until(() => here.asked.length === 1);
    const second = put(withStepUp(two!, there.ask));
    await settled();
    here.answer({ password: 'wrong' });
    await expect(first).rejects.toMatchObject({ code: 'INVALID_CREDENTIALS' });
    await until(() => there.asked.length === 1);
    there.answer({ password: PASSWORD });
    expect((await second).status).toBe(201);
  });
});

describe('requests of one tab that must step up', () => {
  it('wait for each other when they need different things, and ask again only if that was not enough', async () => {
    const [tab] = await staleTabs(1);
    const here = person();
    const auth = withStepUp(tab!, here.ask);
    const first = put(auth);
    await until(() => here.asked.length === 1);
    const [strict, strong] = [put(auth, 'vault/strict'), put(auth, 'vault/strong')];
    await settled();
    here.answer({ password: PASSWORD });
    expect((await first).status).toBe(201);
    expect((await strict).status).toBe(201);
    await until(() => here.asked.length === 2);
    here.answer();
    expect((await strong).status).toBe(401);
    expect(here.asked).toEqual([
      { acrValues: ['pwd'], maxAge: 300 },
      { acrValues: ['mfa'], maxAge: 300 },
    ]);
  });

  it('are repeated once: what is not enough is the answer', async () => {
    const [tab] = await staleTabs(1);
    const here = person();
    const answer = put(withStepUp(tab!, here.ask), 'vault/strong');
    await until(() => here.asked.length === 1);
    here.answer({ password: PASSWORD });
    expect((await answer).status).toBe(401);
    expect(here.asked).toHaveLength(1);
  });

  it('do not ask when they were sent before a step-up, and answered after it', async () => {
    const [tab] = await staleTabs(1);
    const here = person();
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const slow: typeof fetch = async (input, init) => {
      const response = await tab!.fetch(input, init);
      if (String(input) === 'vault/strict') await held;
      return response;
    };
    const auth = withStepUp({ ...tab!, fetch: slow }, here.ask);
    const late = put(auth, 'vault/strict');
    await settled();
    const first = put(auth);
    await until(() => here.asked.length === 1);
    here.answer({ password: PASSWORD });
    expect((await first).status).toBe(201);
    release();
    expect((await late).status).toBe(201);
    expect(here.asked).toHaveLength(1);
  });
});

/** Long enough for the service to answer, and for a question that would come. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 150));
