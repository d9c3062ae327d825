import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '../../support/client.js';
import { type CliRun, runCliProcess } from '../../support/cli.js';
import { type Gateway, startGateway } from '../../support/gateway-process.js';
import { startPgBouncer, type TestPgBouncer } from '../../support/pgbouncer.js';
import { startRedis, type TestRedis } from '../../support/redis.js';
import { SmtpServer } from '../../support/smtp-server.js';
import { until } from '../../support/until.js';
import { keepLedger } from '../support/ledger.js';
import { productionSettings } from '../support/service.js';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.js';
import { fixedPort } from './fixed-port.js';
import { Instance } from './instance.js';
import { PostgresPair } from './postgres-pair.js';
import { Secrets } from './secrets.js';

const POOLER = { pool_mode: 'transaction', server_reset_query_always: '1', default_pool_size: '15' };
/** How long an instance that has lost the database goes on with the revocations it knows. */
export const STALENESS_SECONDS = 5;
export const ACCESS_SECONDS = 20;
export const LEEWAY_SECONDS = 10;

/**
 * What production would have: HAProxy before three instances, PostgreSQL with a synchronous standby, Redis, a mail
 * server. Two instances reach PostgreSQL through PgBouncer, the third one has the addresses of both servers.
 */
export class Cluster {
  readonly instances: Instance[] = [];
  readonly secrets = new Secrets();
  postgres!: PostgresPair;
  pooler!: TestPgBouncer;
  redis!: TestRedis;
  mails!: SmtpServer;
  gateway!: Gateway;
  /** Between the clients and HAProxy. */
  entrance!: TcpProxy;
  private readonly folder = mkdtempSync(join(tmpdir(), 'latchkey-chaos-'));
  private readonly closing: (() => unknown)[] = [];

  /** Resolves when all of it works. */
  async start(): Promise<void> {
    this.postgres = this.keep(await PostgresPair.start());
    this.pooler = this.keep(await startPgBouncer(PostgresPair.urlOf(this.postgres.address.port), POOLER));
    this.redis = this.keep(await startRedis());
    this.mails = this.keep(await SmtpServer.start());
    for (const name of ['a', 'b', 'c']) this.instances.push(await this.prepare(name));
    const [first, ...others] = this.instances;
    await first!.start(1); // it migrates
    await keepLedger(this.postgres);
    await this.postgres.query(
      'GRANT ALL ON ledger TO latchkey; GRANT ALL ON SEQUENCE ledger_n_seq TO latchkey',
    );
    await Promise.all(others.map((each) => each.start()));

    const addresses = this.instances.map(({ port }, n) => [`127.0.0.1:${3001 + n}`, `127.0.0.1:${port}`]);
    this.gateway = await startGateway('haproxy', '../../deploy/haproxy.cfg', Object.fromEntries(addresses));
    this.closing.push(() => this.gateway.end());
    this.entrance = this.keep(await startTcpProxy(Number(new URL(this.gateway.url).port)));
    await until(async () => (await this.entry.get('/health/ready')).status === 200);
  }

  /** All instances, through HAProxy. */
  get entry(): Client {
    return new Client(`http://127.0.0.1:${this.entrance.port}`);
  }

  async isReady(): Promise<boolean> {
    return (await Promise.all(this.instances.map((each) => each.isReady()))).every(Boolean);
  }

  /** `latchkey <args>` as a process, because this one has to pass on what the instances send; with the settings of the instance that needs no pooler. */
  cli(...args: string[]): Promise<CliRun> {
    return runCliProcess(args, {
      ...this.common(),
      DATABASE_URL: PostgresPair.urlOf(this.postgres.address.port),
    });
  }

  /** Ends all processes and removes all files, also those of a start that has failed. */
  async close(): Promise<void> {
    await Promise.all(this.instances.map((each) => each.end('SIGKILL')));
    for (const close of this.closing.toReversed()) await close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private keep<T extends { close(): Promise<unknown> }>(part: T): T {
    this.closing.push(() => part.close());
    return part;
  }

  private common(): Record<string, string> {
    const { JWT_ACCESS_PRIVATE_KEY: _, ...production } = productionSettings('');
    return {
      ...production,
      ...this.secrets.settings,
      AUDIT: 'off',
      SMTP_URL: `smtp://127.0.0.1:${this.mails.port}`,
      MAIL_FROM: 'no-reply@example.com',
      EMAIL_VERIFICATION: 'off',
      JWT_ACCESS_TTL: `${ACCESS_SECONDS}s`,
      REFRESH_LEEWAY: `${LEEWAY_SECONDS}s`,
      REVOCATION_MAX_STALENESS: `${STALENESS_SECONDS}s`,
      KEY_ROTATE_EVERY: '2m',
      KEY_PUBLISH_AHEAD: '60s',
      TRUST_PROXY: '127.0.0.1/32',
    };
  }

  private async prepare(name: string): Promise<Instance> {
    const proxy = async (port: number) => this.keep(await startTcpProxy(port));
    const redis = await proxy(this.redis.port);
    const [main, second] =
      name === 'c'
        ? [await proxy(this.postgres.ports[0]), await proxy(this.postgres.ports[1])]
        : [await proxy(Number(new URL(this.pooler.url).port)), await proxy(this.postgres.address.port)];
    const settings = (): Record<string, string> => ({
      ...this.common(),
      REDIS_URL: `redis://127.0.0.1:${redis.port}`,
      ...(name === 'c'
        ? { DATABASE_URL: PostgresPair.urlOf(main.port, second.port) }
        : {
            DATABASE_URL: PostgresPair.urlOf(main.port),
            DATABASE_DIRECT_URL: PostgresPair.urlOf(second.port),
            DATABASE_POOLER: 'transaction',
          }),
    });
    const networks = { database: [main, second], redis };
    return new Instance(name, await fixedPort(), networks, this.folder, settings);
  }
}
