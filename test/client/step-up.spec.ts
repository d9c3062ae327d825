import { Body, Controller, Post, UseGuards } from '@nestjs/common';
import { accountOf, type AskToStepUp, withStepUp } from '../../src/client/account.js';
import { createLatchkeyClient, type LatchkeyClient } from '../../src/client/latchkey-client.js';
import { JwtAuthGuard, StepUp } from '../../src/index.js';
import { ageSession, claimsOf } from '../support/age-session.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type Host, startHost } from '../support/host-app.js';

@UseGuards(JwtAuthGuard)
@Controller('vault')
class VaultController {
  @StepUp({ maxAge: '5m' })
  @Post()
  put(@Body() body: object) {
    return body;
  }
}

let host: Host;
const clients: LatchkeyClient[] = [];
beforeAll(async () => {
  host = await startHost({ controllers: [VaultController] });
});
afterAll(() => host.close());
afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

/** A client whose user authenticated ten minutes ago. */
async function stale() {
  const client = createLatchkeyClient({ baseUrl: host.client.url, transport: 'body' });
  clients.push(client);
  await client.register({ email: newEmail(), password: PASSWORD });
  await ageSession(host, claimsOf((await client.getAccessToken())!).sid, 10);
  await client.refresh();
  return client;
}

const put = (client: Pick<LatchkeyClient, 'fetch'>) =>
  client.fetch('vault', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret: 1 }),
  });

describe('a client that is asked to step up', () => {
  it('asks once for all requests, and repeats each of them once', async () => {
    const client = await stale();
    const asked: object[] = [];
    const auth = withStepUp(client, async (needed) => {
      asked.push(needed);
      await new Promise((resolve) => setTimeout(resolve, 300));
      return { password: PASSWORD };
    });
    const answers = await Promise.all([put(auth), put(auth), put(auth)]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(await answers[0]!.json()).toEqual({ secret: 1 });
    expect(asked).toEqual([{ acrValues: ['pwd'], maxAge: 300 }]);
    expect((await put(client)).status).toBe(201);
    expect(asked).toHaveLength(1);
  });

  it('repeats a Request, too', async () => {
    const auth = withStepUp(await stale(), async () => ({ password: PASSWORD }));
    const headers = { 'content-type': 'application/json' };
    const request = new Request(`${host.client.url}/vault`, { method: 'POST', headers, body: '{"a":1}' });
    const answer = await auth.fetch(request);
    expect([answer.status, await answer.json()]).toEqual([201, { a: 1 }]);
  });

  it.each<[string, AskToStepUp, object]>([
    ['gives up with its user', async () => undefined, { status: 401 }],
    ['says that the password is wrong', async () => ({ password: 'wrong' }), { code: 'INVALID_CREDENTIALS' }],
    ['passes on what the question throws', () => Promise.reject(new Error('closed')), { message: 'closed' }],
  ])('%s, and stays signed in', async (_, ask, outcome) => {
    const client = await stale();
    const auth = withStepUp(client, ask);
    expect(await put(auth).catch((error: unknown) => error)).toMatchObject(outcome);
    expect(auth.getSnapshot().status).toBe('signed-in');
    // The next request asks again.
    expect((await put(withStepUp(client, async () => ({ password: PASSWORD })))).status).toBe(201);
  });

  it('leaves other answers alone, and asks nobody when the route needs no step-up', async () => {
    const auth = withStepUp(await stale(), () => Promise.reject(new Error('asked')));
    expect((await auth.fetch('auth/me')).status).toBe(200);
    expect((await auth.fetch('nowhere')).status).toBe(404);
    await auth.logout();
    expect((await put(auth)).status).toBe(401);
  });

  it('can step up before it is asked', async () => {
    const client = await stale();
    const account = accountOf(client);
    await expect(account.stepUp({ password: 'wrong' })).rejects.toMatchObject({
      code: 'INVALID_CREDENTIALS',
      details: [{ field: 'password', message: expect.any(String) }],
    });
    expect((await put(client)).status).toBe(401);
    await account.stepUp({ password: PASSWORD });
    expect((await put(client)).status).toBe(201);
  });
});
