import { randomInt } from 'node:crypto';
import { until } from '../support/until.js';
import { Follower } from './support/follower.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { newAccount, productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

const CLIENTS = 20;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('SIGTERM under load', () => {
  let postgres: OwnPostgres;
  let settings: Record<string, string>;
  let other: ServiceProcess;
  let email: string;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    settings = productionSettings(postgres.url);
    other = await startBuilt(settings);
    email = await newAccount(other);
  });
  afterAll(async () => {
    await other?.end('SIGKILL');
    await postgres?.close();
  });

  /** Like a load balancer: sends requests to the instance as long as it reports that it is ready. */
  it.each([1, 2, 3])(
    'readiness fails first, requests in progress are answered, exit code 0: %s',
    async () => {
      const service = await startBuilt(settings);
      const balancer = { ready: true, askAgain: true };
      const pick = () => (balancer.ready ? service.client : other.client);
      const watching = (async () => {
        while (balancer.askAgain && balancer.ready) {
          const { status } = await service.client.get('/health/ready');
          balancer.ready = status === 200;
        }
      })();

      const followers = await Promise.all(Array.from({ length: CLIENTS }, () => Follower.login(pick, email)));
      const run = { finished: false };
      const loads = followers.map(async (follower, i) => {
        while (!run.finished) {
          await follower.refreshForSure();
          await follower.visit();
          await pause(randomInt(40));
          // Some are in the middle of hashing a password.
          if (i % 5 === 0) await Follower.login(pick, email);
        }
      });
      await pause(500);

      const exited = service.end('SIGTERM');
      await until(() => !balancer.ready);
      const noticed = service.process.exitCode;
      expect(await exited).toBe(0);
      expect(noticed).toBeNull();
      count('SIGTERMs under load');
      run.finished = true;
      await Promise.all([...loads, watching]);
      // A request that comes too late is refused before it is sent; none is cut off.
      const cutOff = followers
        .flatMap(({ events }) => events.filter((event) => event.kind === 'unanswered'))
        .filter(({ why }) => why !== 'ECONNREFUSED');
      expect(cutOff).toEqual([]);
      for (const follower of followers)
        expect(follower.broken({ leewayMs: 10_000, boundMs: 2_000 })).toEqual([]);
    },
  );

  it('a client without a balancer finds its connection closed after an answer, never in the middle of one', async () => {
    const service = await startBuilt(settings);
    const follower = await Follower.login(() => service.client, email);
    const exited = service.end('SIGTERM');
    await until(async () => (await service.client.get('/health/ready')).status === 503);
    const { headers, status } = await service.client.get('/health/live');
    expect(status).toBe(200);
    expect(headers.get('connection')).toBe('close');
    expect(await follower.refresh()).toBe(true);
    expect(await exited).toBe(0);
  });

  it('before the listener closes, a GET goes unanswered so that gateways look elsewhere, and a POST is answered', async () => {
    const service = await startBuilt({ ...settings, SHUTDOWN_DELAY: '1s' });
    const follower = await Follower.login(() => service.client, email);
    const exited = service.end('SIGTERM');
    const look = () => service.client.get('/health/live').then(() => 'answered', codeOf);
    const looks: string[] = [];
    await until(async () => looks.push(await look()) > 0 && looks.at(-1) !== 'answered');
    expect(looks.at(-1)).toBe('UND_ERR_SOCKET');
    expect(looks.length).toBeGreaterThan(1);
    expect(await follower.refresh()).toBe(true);
    expect(await exited).toBe(0);
  });
});

/** The reason that `fetch` gives for a request without an answer. */
const codeOf = ({ cause }: Error) => String((cause as { code?: string } | undefined)?.code);
