import { migrate } from '../../src/settings/database.js';
import { writeEvents } from '../support/audit-events.js';
import { AuditReceiverServer } from '../support/audit-receiver.js';
import { until } from '../support/until.js';
import { type OwnPostgres, startOwnPostgres } from './support/own-postgres.js';
import { count } from './support/report.js';
import { productionSettings, type ServiceProcess, startBuilt } from './support/service.js';

/** A dead instance keeps its lease for half a minute, and others look for it every five seconds. */
const TAKE_OVER_MS = 60_000;

describe('an audit receiver', () => {
  let postgres: OwnPostgres;
  let server: AuditReceiverServer;
  let settings: Record<string, string>;
  const running: ServiceProcess[] = [];
  beforeAll(async () => {
    postgres = await startOwnPostgres();
    await migrate(postgres.url);
    server = await AuditReceiverServer.start();
    settings = {
      ...productionSettings(postgres.url),
      AUDIT: 'on',
      AUDIT_WEBHOOK_URL: server.url,
      AUDIT_WEBHOOK_SECRET: server.secret,
      AUDIT_WEBHOOK_ALLOW_PRIVATE: 'true',
    };
  });
  afterAll(async () => {
    await Promise.all(running.map((instance) => instance.end('SIGKILL')));
    await server?.close();
    await postgres?.close();
  });

  const start = async () => {
    const instance = await startBuilt(settings);
    running.push(instance);
    await until(async () => (await postgres.query('SELECT FROM auth_audit_receivers')).length === 1);
    return instance;
  };

  it(
    'gets every event when its sender is killed after a delivery and before the cursor moves',
    async () => {
      const victim = await start();
      // The receiver takes the events, and the sender never learns of it.
      let killed: Promise<unknown> | undefined;
      server.behave = ({ events }) => {
        server.accepted.push(...events);
        killed ??= victim.end('SIGKILL');
      };
      const ids = await writeEvents(postgres, 50);
      await until(() => killed !== undefined);
      await killed;
      count('kill -9 of the sender');
      const [cursor] = await postgres.query('SELECT delivered FROM auth_audit_receivers');
      expect(cursor).toEqual({ delivered: '0' });

      server.accept();
      await start();
      ids.push(...(await writeEvents(postgres, 50)));
      await until(() => new Set(server.ids).size === ids.length);
      // Once more from where the cursor was, in order.
      expect(server.ids.slice(-ids.length)).toEqual(ids);
    },
    TAKE_OVER_MS + 60_000,
  );

  it(
    'is served by the other instance when one is frozen, and by one of them when it wakes up',
    async () => {
      await start();
      const [first, second] = running.slice(-2) as [ServiceProcess, ServiceProcess];
      server.accepted.length = 0;
      // Whichever holds the lease.
      first.process.kill('SIGSTOP');
      const ids = await writeEvents(postgres, 20);
      await until(() => server.accepted.length >= ids.length);
      first.process.kill('SIGCONT');
      second.process.kill('SIGSTOP');
      ids.push(...(await writeEvents(postgres, 20)));
      await until(() => new Set(server.ids).size === ids.length);
      second.process.kill('SIGCONT');
      count('frozen senders', 2);
      expect([...new Set(server.ids)]).toEqual(ids);
    },
    2 * TAKE_OVER_MS + 60_000,
  );
});
