import { Client, PASSWORD } from '../support/client.js';
import { until } from '../support/until.js';
import { Follower } from './support/follower.js';
import { brokenLines, keepLedger, readLedger } from './support/ledger.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { type PostgresProxy, startPostgresProxy, type Statement } from './support/postgres-proxy.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';
import { startTcpProxy } from './support/tcp-proxy.js';

const promises = { leewayMs: 30_000, boundMs: 2_000 };

/** Statements that an instance sends independently of requests, or after their answers. */
const BACKGROUND =
  /^(SELECT pg_current_snapshot|WITH page |SELECT clock_timestamp|SELECT pg_backend_pid|SELECT 1$|LISTEN|SET |SELECT user_agent|$)|AS blocks\s|auth_instances/;

/** What a request does, each with the session it concerns. */
const OPERATIONS: Record<string, (follower: Follower, email: string) => Promise<unknown>> = {
  login: async (follower, email) => {
    const answer = await follower.instance.post('/auth/login', { email, password: PASSWORD });
    expect([200, 503]).toContain(answer.status);
  },
  refresh: (follower) => follower.refresh(),
  'repeated refresh': (follower) => follower.refresh(follower.refreshToken),
  logout: (follower) => follower.logout(),
};

describe('PostgreSQL fails in the middle of a request', () => {
  let postgres: OwnPostgres;
  let proxy: PostgresProxy;
  let service: ServiceProcess;
  let email: string;
  const followers: Follower[] = [];

  beforeAll(async () => {
    postgres = await startOwnPostgres();
    proxy = await startPostgresProxy(postgres.url);
    service = await startBuilt({ ...productionSettings(proxy.url), REFRESH_LEEWAY: '30s' });
    email = await newAccount(service);
    await keepLedger(postgres);
  });
  afterAll(async () => {
    proxy?.close();
    await service?.end('SIGKILL');
    await postgres?.close();
  });

  const login = async () => {
    const follower = await Follower.login(() => service.client, email);
    followers.push(follower);
    return follower;
  };

  /** Prepares the operation, without faults. */
  async function prepare(operation: string): Promise<Follower> {
    const follower = await login();
    if (operation === 'repeated refresh') {
      const first = follower.refreshToken;
      await follower.refreshForSure();
      follower.refreshToken = first;
    }
    return follower;
  }

  const FAULTS: Record<string, (statement: Statement) => Promise<void>> = {
    'the connection is cut': async () => undefined,
    'its backend is terminated': async ({ backend }) => {
      await postgres.query('SELECT pg_terminate_backend($1)', [backend]);
      count('backends terminated');
    },
    'the server is restarted': async () => {
      await postgres.restart('immediate');
      count('PostgreSQL restarts');
    },
  };

  const cases = Object.keys(OPERATIONS).flatMap((operation) =>
    Object.keys(FAULTS).flatMap((fault) =>
      (['before', 'after'] as const).map((moment) => [operation, fault, moment] as const),
    ),
  );

  it.each(cases)('%s: %s %s each statement', async (operation, fault, moment) => {
    let n = 0;
    for (; ; n++) {
      const follower = await prepare(operation);
      let seen = -1;
      let struck = false;
      const strike = async (statement: Statement) => {
        if (struck || BACKGROUND.test(statement.sql)) return 'pass' as const;
        if (++seen < n) return 'pass' as const;
        struck = true;
        count('statements interrupted');
        await FAULTS[fault]!(statement);
        // The service does not see the server's response.
        return 'cut' as const;
      };
      proxy.intervention = { [moment]: strike };
      const began = performance.now();
      await OPERATIONS[operation]!(follower, email);
      // A restart takes a while, during which the statement is held.
      const limit = fault === 'the server is restarted' ? Infinity : 2_000;
      expect(performance.now() - began).toBeLessThan(limit);
      proxy.intervention = {};
      if (!struck) break; // it has n statements

      if (operation === 'logout') {
        await follower.logoutForSure();
        await follower.visit();
      }
      const settled = performance.now();
      await follower.refreshForSure();
      expect(performance.now() - settled).toBeLessThan(5_000);
    }
    expect(n).toBeGreaterThan(0);
  });

  it('restarts under load, fast, immediate and by kill -9, lose no session', async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, login));
    const run = { finished: false };
    const loads = clients.map(async (follower) => {
      while (!run.finished) await follower.refreshForSure();
    });
    for (const how of ['fast', 'immediate', 'kill', 'fast', 'immediate', 'kill'] as const) {
      if (how === 'kill') await postgres.kill();
      await postgres.restart(how === 'kill' ? 'immediate' : how);
      count('PostgreSQL restarts');
      const back = performance.now();
      await until(async () => (await service.client.get('/health/ready')).status === 200);
      expect(performance.now() - back).toBeLessThan(5_000);
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    run.finished = true;
    await Promise.all(loads);
  });

  it('an answer lost between the service and its client costs no session', async () => {
    const network = await startTcpProxy(Number(new URL(service.client.url).port));
    const client = new Client(`http://127.0.0.1:${network.port}`);
    const follower = await Follower.login(() => client, email);
    followers.push(follower);
    for (let i = 0; i < 50; i++) {
      network.cutNextAnswer();
      expect(await follower.refresh()).toBe(false);
      count('answers lost after commit');
      await follower.refreshForSure();
      expect(follower.events.at(-1)!.kind).toBe('refreshed');
    }
    await network.close();
  });

  it('no promise was broken', async () => {
    const broken = [
      ...followers.flatMap((follower) => follower.broken(promises)),
      ...brokenLines(await readLedger(postgres)),
    ];
    count('violations', broken.length);
    expect(broken).toEqual([]);
  });
});
