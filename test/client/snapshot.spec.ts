import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LatchkeyClient, LatchkeyErrorCode } from '../../src/client/latchkey-client.js';
import { type AuthErrorCode, ERROR_STATUS } from '../../src/errors/auth-error.js';
import { until } from '../support/until.js';
import { CREDENTIALS, FakeService, USER } from './support/fake-service.js';

let service: FakeService;
beforeEach(() => {
  service = new FakeService();
});
afterEach(() => service.end());

/** The snapshots that a subscriber gets to see. */
function watched(client: LatchkeyClient) {
  const seen: unknown[] = [];
  const signedIn: true[] = [];
  const stop = client.subscribe(() => seen.push(client.getSnapshot()));
  client.onSignedIn(() => signedIn.push(true));
  return { seen, signedIn, stop };
}

describe('the snapshot', () => {
  it('follows a session from the page load to its end', async () => {
    const { client } = service.client();
    const { seen } = watched(client);
    expect(client.getSnapshot()).toEqual({ status: 'unknown' });
    await client.getUser();
    await client.login(CREDENTIALS);
    await client.logout();
    expect(seen).toEqual([
      { status: 'signed-out' },
      { status: 'signed-in', user: USER },
      { status: 'signed-out' },
    ]);
  });

  it('is the same object until something changes, and a refresh changes nothing', async () => {
    const { client } = service.client();
    await client.login(CREDENTIALS);
    const before = client.getSnapshot();
    const { seen } = watched(client);
    await client.refresh();
    await client.getUser();
    expect(client.getSnapshot()).toBe(before);
    expect(seen).toEqual([]);
  });

  it('contains no token', async () => {
    const { client } = service.client();
    await client.login(CREDENTIALS);
    expect(JSON.stringify(client.getSnapshot())).not.toMatch(/access|refresh/);
  });

  it('changes in all tabs, and each is told who signed in and out', async () => {
    const tabs = [service.client(), service.client()];
    for (const { client } of tabs) await client.getUser();
    const watchers = tabs.map(({ client }) => watched(client));
    await tabs[0]!.client.login(CREDENTIALS);
    await until(() => watchers[1]!.signedIn.length === 1);
    expect(tabs[1]!.client.getSnapshot()).toEqual({ status: 'signed-in' });
    expect(await tabs[1]!.client.getUser()).toEqual(USER);
    expect(tabs[1]!.client.getSnapshot()).toEqual({ status: 'signed-in', user: USER });
    await tabs[1]!.client.refresh();
    await tabs[0]!.client.refresh();
    await tabs[1]!.client.logout();
    await until(() => tabs[0]!.ended.length === 1);
    expect(watchers.map(({ signedIn }) => signedIn)).toEqual([[true], [true]]);
    expect(tabs.map(({ ended }) => ended)).toEqual([['LOGGED_OUT'], ['LOGGED_OUT']]);
    expect(tabs.map(({ client }) => client.getSnapshot())).toEqual([
      { status: 'signed-out' },
      { status: 'signed-out' },
    ]);
  });

  it('has no user of before when somebody else signs in in another tab', async () => {
    const [first, second] = [service.client().client, service.client().client];
    await first.login(CREDENTIALS);
    await second.getUser();
    const { signedIn } = watched(second);
    const other = { ...USER, id: 'u2' };
    service.instead['/auth/login'] = [() => Response.json({ ...service.session(), user: other })];
    await first.login(CREDENTIALS);
    await until(() => signedIn.length === 1);
    expect(second.getSnapshot()).toEqual({ status: 'signed-in' });
  });

  it('of a page that is opened later is no new login', async () => {
    await service.client().client.login(CREDENTIALS);
    const { client } = service.client();
    const { signedIn } = watched(client);
    expect(await client.getUser()).toEqual(USER);
    expect(client.getSnapshot()).toEqual({ status: 'signed-in', user: USER });
    expect(signedIn).toEqual([]);
  });

  it('stays unknown while the service cannot be reached', async () => {
    const { client } = service.client({
      transport: 'cookie',
      fetch: () => Promise.reject(new TypeError('offline')),
    });
    await expect(client.getUser()).rejects.toMatchObject({ code: 'NETWORK_ERROR' });
    expect(client.getSnapshot()).toEqual({ status: 'unknown' });
  });

  it('is not told to a listener that was removed, and one that throws disturbs nobody', async () => {
    const { error } = console;
    const errors: unknown[] = [];
    console.error = (problem: unknown) => void errors.push(problem);
    try {
      const { client } = service.client();
      const removed = watched(client);
      removed.stop();
      const problem = new Error('in the app');
      client.subscribe(() => {
        throw problem;
      });
      const { seen } = watched(client);
      await client.login(CREDENTIALS);
      expect(removed.seen).toEqual([]);
      expect(seen).toHaveLength(1);
      expect(errors).toEqual([problem]);
    } finally {
      console.error = error;
    }
  });
});

describe('a call that is given up', () => {
  const never = () => new Promise<Response>(() => {});

  it.each(['login', 'register'] as const)(
    '%s throws the reason of its signal, and begins no session',
    async (call) => {
      const { client } = service.client();
      const abort = new AbortController();
      service.instead[`/auth/${call}`] = [never];
      const calling = client[call](CREDENTIALS, { signal: abort.signal });
      await until(() => service.seen.length === 1);
      const reason = new Error('the user left');
      abort.abort(reason);
      await expect(calling).rejects.toBe(reason);
      expect(client.getSnapshot().status).not.toBe('signed-in');
    },
  );

  it('is not even sent when its signal has already been aborted', async () => {
    const { client } = service.client();
    const signal = AbortSignal.abort();
    for (const call of [
      client.login(CREDENTIALS, { signal }),
      client.getUser({ signal }),
      client.refresh({ signal }),
      client.logout({ signal }),
    ])
      await expect(call).rejects.toMatchObject({ name: 'AbortError' });
    expect(service.seen).toEqual([]);
  });

  it('throws a NETWORK_ERROR after its timeout; a refresh goes on for others', async () => {
    const { client } = service.client();
    await client.login(CREDENTIALS);
    let answer = () => {};
    const late = new Promise<void>((resolve) => (answer = resolve));
    service.instead['/auth/refresh'] = [() => late.then(() => Response.json(service.session()))];
    const patient = client.refresh();
    await expect(client.refresh({ timeout: 20 })).rejects.toMatchObject({ code: 'NETWORK_ERROR', status: 0 });
    answer();
    expect(await patient).toBe(true);
  });
});

it('the error codes of the client are those of the service, and two of the client', () => {
  const source = readFileSync(join(import.meta.dirname, '../../src/client/error-codes.ts'), 'utf8');
  const codes = [...source.matchAll(/\| '(\w+)'/g)].map(([, code]) => code);
  expect(codes.toSorted()).toEqual(['NETWORK_ERROR', 'UNKNOWN', ...Object.keys(ERROR_STATUS)].toSorted());
  const assignable: LatchkeyErrorCode = 'TOKEN_REVOKED' satisfies AuthErrorCode;
  expect(assignable).toBe('TOKEN_REVOKED');
});
