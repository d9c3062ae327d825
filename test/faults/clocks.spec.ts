import { Follower } from './support/follower.js';
import { brokenLines, keepLedger, readLedger } from './support/ledger.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import {
  newAccount,
  otherTime,
  productionSettings,
  type ServiceProcess,
  startBuilt,
} from './support/service.js';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('clocks ten minutes apart', () => {
  let postgres: OwnPostgres;
  let instances: Record<string, ServiceProcess>;
  let email: string;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    const settings = {
      ...productionSettings(postgres.url),
      REFRESH_LEEWAY: '2s',
      JWT_ACCESS_TTL: '3s',
      CLOCK_TOLERANCE: '1s',
    };
    const right = await startBuilt(settings);
    const fast = await startBuilt({ ...settings, ...otherTime('+10m') });
    const slow = await startBuilt({ ...settings, ...otherTime('-10m') });
    instances = { right, fast, slow };
    email = await newAccount(right);
    await keepLedger(postgres);
  });
  afterAll(async () => {
    await Promise.all(Object.values(instances ?? {}).map((instance) => instance.end('SIGKILL')));
    await postgres?.close();
  });

  const NAMES = ['right', 'fast', 'slow'];
  const clientOf = (name: string) => instances[name]!.client;
  const loginAt = (name: string) => Follower.login(() => clientOf(name), email);

  it('the clocks differ', async () => {
    const dates = await Promise.all(
      NAMES.map(async (name) => Date.parse((await clientOf(name).get('/health/live')).headers.get('date')!)),
    );
    expect(Math.round((dates[1]! - dates[2]!) / 60_000)).toBe(20);
    count('instances with a wrong clock', 2);
  });

  it('a token from any instance is valid on all of them until it expires', async () => {
    const pairs = NAMES.flatMap((issuer) => NAMES.map((verifier) => [issuer, verifier] as const));
    await Promise.all(
      pairs.map(async ([issuer, verifier]) => {
        const { accessToken: token } = await loginAt(issuer);
        const visit = async () => (await clientOf(verifier).get('/api/protected', { token })).body.error;
        expect([issuer, verifier, await visit()]).toEqual([issuer, verifier, undefined]);
        await pause(4_200);
        expect([issuer, verifier, await visit()]).toEqual([issuer, verifier, 'TOKEN_EXPIRED']);
      }),
    );
  });

  it('a session moves from instance to instance, and a retry within the leeway gets the same successor', async () => {
    const session = await loginAt('fast');
    for (const name of [...NAMES, ...NAMES]) {
      const { refreshToken } = session;
      const first = await clientOf(name).post('/auth/refresh', { refreshToken });
      expect(first.status).toBe(200);
      for (const other of NAMES) {
        const again = await clientOf(other).post('/auth/refresh', { refreshToken });
        expect(again.body.refreshToken).toBe(first.body.refreshToken);
      }
      session.refreshToken = first.body.refreshToken;
    }
  });

  it.each(NAMES)("on the %s instance, the leeway closes by the database's clock", async (name) => {
    const { refreshToken } = await loginAt('right');
    await clientOf('right').post('/auth/refresh', { refreshToken });
    await pause(2_200);
    const late = await clientOf(name).post('/auth/refresh', { refreshToken });
    expect(late.body.error).toBe('REFRESH_TOKEN_REUSED');
  });

  it.each(NAMES.flatMap((a) => NAMES.map((b) => [a, b])))(
    'a session ended on the %s instance is over on the %s one',
    async (where, other) => {
      const session = await loginAt(other);
      await session.refreshForSure();
      expect(
        (await clientOf(where).post('/auth/logout-all', {}, { token: session.accessToken })).status,
      ).toBe(204);
      const ended = performance.now();
      let last = ended;
      while (performance.now() < ended + 1_500) {
        const { status } = await clientOf(other).get('/api/protected', { token: session.accessToken });
        if (status === 200) last = performance.now();
        await pause(10);
      }
      expect(last - ended).toBeLessThan(1_000);
      const { refreshToken } = session;
      expect((await clientOf(other).post('/auth/refresh', { refreshToken })).body.error).toBe(
        'TOKEN_REVOKED',
      );
    },
  );

  it('no promise was broken', async () => {
    const broken = brokenLines(await readLedger(postgres));
    count('violations', broken.length);
    expect(broken).toEqual([]);
  });
});
