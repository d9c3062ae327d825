import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type DatabaseGate, openGate } from '../support/database-gate.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';

const MAX_STALENESS_MS = 2_000;

let database: OwnPostgres;
let gate: DatabaseGate;
let frozen: ServiceProcess;
let other: ServiceProcess;
beforeAll(async () => {
  database = await startOwnPostgres();
  gate = await openGate(database.url);
  const settings = productionSettings(database.url);
  other = await startServiceProcess(settings);
  frozen = await startServiceProcess({
    ...settings,
    DATABASE_URL: gate.url,
    FORWARD_AUTH: 'on',
    REVOCATION_MAX_STALENESS: `${MAX_STALENESS_MS / 1000}s`,
  });
});
afterAll(async () => {
  await frozen?.end('SIGKILL');
  await other?.end('SIGKILL');
  await gate?.close();
  await database?.close();
});

async function login(): Promise<string> {
  const { body } = await frozen.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
  return body.accessToken as string;
}

/** Stops the process for longer than it may go without reading; `meanwhile` is what others do. */
async function freeze(meanwhile: () => unknown = () => undefined): Promise<void> {
  frozen.process.kill('SIGSTOP');
  await sleep(MAX_STALENESS_MS + 500); // only a real freeze stops every timer of the process
  await meanwhile();
  frozen.process.kill('SIGCONT');
}

const me = (token: string): Promise<Answer> => frozen.client.get('/auth/me', { token });

describe('a process that was frozen for longer than it may go without reading revocations', () => {
  it('reads before it decides: a good token passes, and one that was revoked meanwhile does not', async () => {
    const [good, revoked] = [await login(), await login()];
    expect([(await me(good)).status, (await me(revoked)).status]).toEqual([200, 200]);
    await freeze(() => other.client.post('/auth/logout', undefined, { token: revoked }));
    const answers = await Promise.all([me(good), me(revoked)]);
    expect(answers.map(({ status, body }) => [status, body.error])).toEqual([
      [200, undefined],
      [401, 'TOKEN_REVOKED'],
    ]);
  });

  it('lets a thousand requests through that arrive when it wakes', async () => {
    const token = await login();
    // Asks the guard alone: a thousand requests that also need a connection would have to wait for one for too long.
    const pass = () => frozen.client.get('/auth/forward', { token });
    await pass();
    await freeze();
    const answers = await Promise.all(Array.from({ length: 1000 }, pass));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
  });

  it('lets requests through when the database has closed its connections meanwhile', async () => {
    const token = await login();
    await me(token);
    await freeze(() =>
      database.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
      ),
    );
    expect((await me(token)).status).toBe(200);
  });

  it.each(['refuse', 'swallow'] as const)(
    'refuses within seconds when the database is away (%s), and passes when it is back',
    async (how) => {
      const token = await login();
      await me(token);
      await freeze(() => gate[how]());
      const began = performance.now();
      const answers = await Promise.all(Array.from({ length: 20 }, () => me(token)));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
      expect(performance.now() - began).toBeLessThan(5_000);
      await gate.refuse();
      await gate.open();
      while ((await me(token)).status !== 200) await sleep(100);
    },
  );
});
