import { DataSource } from 'typeorm';
import { DatabaseNotifications } from '../../../src/database/notifications.js';
import { authEntities, authMigrations } from '../../../src/index.js';
import { Links } from '../../../src/mail/links.js';
import { MailWriter } from '../../../src/mail/mail-templates.js';
import { MailWorker } from '../../../src/mail/mail-worker.js';
import { PostgresMailOutbox } from '../../../src/mail/postgres-mail-outbox.js';
import { SmtpTransport } from '../../../src/mail/smtp-transport.js';
import { readSmtpUrl } from '../../../src/mail/smtp-url.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { SmtpServer } from '../../support/smtp-server.js';
import { until } from '../../support/until.js';

let database: TestDatabase;
let server: SmtpServer;
let sources: DataSource[];
const running: (() => Promise<void>)[] = [];

beforeAll(async () => {
  database = await createMigratedDatabase();
  const options = { type: 'postgres' as const, url: database.url, entities: [...authEntities] };
  sources = [
    new DataSource({ ...options, migrations: [...authMigrations], migrationsRun: true }),
    new DataSource(options),
  ];
  for (const source of sources) await source.initialize();
});
beforeEach(async () => {
  await sources[0]!.query('TRUNCATE auth_mails');
  server = await SmtpServer.start();
});
afterEach(async () => {
  for (const stop of running.splice(0)) await stop();
  await server.close();
});
afterAll(async () => {
  for (const source of sources) await source.destroy();
  await database.drop();
});

/** An instance, with a mail server on this machine. */
function start(
  source: DataSource,
  { pollMs = 60_000, issue = async () => 'lk_1' as string | undefined } = {},
): MailWorker {
  const outbox = new PostgresMailOutbox(source);
  const notifications = new DatabaseNotifications(sources[0]!);
  const port = server.port;
  const worker = new MailWorker({
    outbox,
    transport: new SmtpTransport({
      server: () => readSmtpUrl(`smtp://127.0.0.1:${port}`) as never,
      from: { name: '', address: 'no-reply@example.com' },
      connections: 10,
    }),
    writer: new MailWriter(new Links('https://auth.example.com')),
    secrets: { issue },
    events: { emit: () => undefined },
    listen: (wake) => notifications.listen(outbox.channel, { heard: wake, missed: wake }),
    pollMs: () => pollMs,
    concurrency: 10,
    warn: () => undefined,
    delay: () => 50,
  });
  worker.onApplicationBootstrap();
  running.push(async () => {
    await worker.onModuleDestroy();
    await notifications.onModuleDestroy();
  });
  return worker;
}

const left = async () => {
  const [{ count }] = await sources[0]!.query(
    'SELECT count(*)::int AS count FROM auth_mails WHERE sent_at IS NULL',
  );
  return count as number;
};
const fill = (count: number) =>
  sources[0]!.query(
    `INSERT INTO auth_mails (id, template, recipient)
     SELECT gen_random_uuid(), 'account-closed', 'user' || n || '@example.com' FROM generate_series(1, $1::int) AS n`,
    [count],
  );

it('a worker hears of a mail when its transaction commits, without reading the outbox meanwhile', async () => {
  start(sources[0]!);
  await until(async () => {
    await new PostgresMailOutbox(sources[1]!).enqueue({ template: 'account-closed', to: 'a@example.com' });
    return server.mails.length > 0;
  });
  await until(async () => (await left()) === 0);
  expect(server.mails[0]!.to).toEqual(['a@example.com']);
});

it('two instances send each mail once', async () => {
  const COUNT = 500;
  await fill(COUNT);
  for (const source of sources) start(source);
  await until(async () => server.mails.length >= COUNT && (await left()) === 0);
  expect(new Set(server.mails.map(({ to }) => to[0])).size).toBe(COUNT);
  expect(server.mails).toHaveLength(COUNT);
}, 60_000);

it('A222: after everything was sent and refused, no table has a token', async () => {
  const token = `lk_${'x'.repeat(64)}`;
  server.behave.content = ({ text }) => (text.includes('bob') ? `554 I refuse ${token}` : '250 ok');
  start(sources[0]!, { issue: async () => token });
  const outbox = new PostgresMailOutbox(sources[0]!);
  const actionId = '11111111-1111-4111-8111-111111111111';
  for (const name of ['ada', 'bob'])
    await outbox.enqueue({ template: 'reset-password', to: `${name}@example.com`, actionId, data: { name } });
  await until(
    async () => (await outbox.list({ state: 'failed' })).items.length === 1 && server.mails.length === 1,
  );
  await until(async () => (await outbox.list({ state: 'sent' })).items.length === 1);
  expect(server.mails[0]!.text).toContain(token);
  const rows = await sources[0]!.query('SELECT * FROM auth_mails');
  expect(rows).toHaveLength(2);
  expect(JSON.stringify(rows)).not.toContain('lk_');
});

it('A220: whatever the mail server does for a while, every mail arrives in the end', async () => {
  const answers = ['450 later', 'drop', '421 closing', '451 later'];
  let count = 0;
  server.behave = { content: () => answers[count++ % 9] ?? '250 ok' };
  await fill(60);
  start(sources[0]!, { pollMs: 100 });
  await until(() => count > 12);
  server.behave = {};
  await until(async () => (await left()) === 0);
  const arrived = new Set(server.mails.map(({ to }) => to[0]));
  expect(arrived.size).toBe(60);
  // Of those that arrived twice, both have one id.
  expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(60);
});

it('a server that is away for a while delays mails, and none is lost', async () => {
  const { port } = server;
  await server.close();
  start(sources[0]!, { pollMs: 100 });
  await fill(20);
  await until(async () =>
    (await new PostgresMailOutbox(sources[0]!).list()).items.some(({ error }) => error !== null),
  );
  server = await SmtpServer.start(undefined, port);
  await until(async () => (await left()) === 0);
  expect(server.mails).toHaveLength(20);
});

it('a process that dies between sending and marking leads to one more mail, with the same Message-ID', async () => {
  const [first, second] = sources as [DataSource, DataSource];
  // Whatever it marks is lost, as after kill -9.
  const dying = Object.create(first, {
    driver: {
      value: Object.create(first.driver, {
        master: {
          value: {
            query: (statement: { text: string }) =>
              statement.text.includes('sent_at = clock_timestamp()')
                ? Promise.reject(new Error('dead'))
                : (first.driver as unknown as { master: { query(given: unknown): unknown } }).master.query(
                    statement,
                  ),
          },
        },
      }),
    },
  }) as DataSource;
  await fill(3);
  start(dying);
  await until(() => server.mails.length === 3);
  await running.pop()!();
  expect(await left()).toBe(3);
  await second.query("UPDATE auth_mails SET leased_until = now() - interval '1 second'");
  start(second);
  await until(async () => (await left()) === 0);
  expect(server.mails).toHaveLength(6);
  expect(new Set(server.mails.map(({ messageId }) => messageId)).size).toBe(3);
});
