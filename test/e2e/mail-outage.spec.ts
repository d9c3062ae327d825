import { DataSource } from 'typeorm';
import { authEntities } from '../../src/index.js';
import { PostgresMailOutbox } from '../../src/mail/postgres-mail-outbox.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';
import { type Certificate, selfSigned } from '../support/certificates.js';
import { type SmtpBehavior, SmtpServer } from '../support/smtp-server.js';
import { until } from '../support/until.js';

const certificate = await selfSigned({ ip: ['127.0.0.2'] });
const SECRETS = /AUTH|MAIL|RCPT|DATA|lk_/;

let database: TestDatabase;
let owner: DataSource;
let outbox: PostgresMailOutbox;
let server: SmtpServer;
let service: ServiceHere;
beforeEach(async () => {
  database = await createMigratedDatabase();
  const options = { type: 'postgres' as const, url: database.url, entities: [...authEntities] };
  owner = await new DataSource(options).initialize();
  outbox = new PostgresMailOutbox(owner);
});
afterEach(async () => {
  await service?.end();
  await server?.close();
  await owner.destroy();
  await database.drop();
});

async function start({ host = '127.0.0.1', offered = undefined as Certificate | undefined, ca = '' } = {}) {
  server = await SmtpServer.start(offered);
  const login = host === '127.0.0.1' ? '' : 'ada:pass@';
  service = await startServiceHere({
    ...productionSettings(database.url),
    EMAIL_VERIFICATION: 'required',
    SMTP_URL: `smtp://${login}${host}:${server.port}`,
    MAIL_FROM: 'no-reply@example.com',
    ...(ca && { SMTP_TLS_CA: ca }),
  });
}

/** Another server at the same address. */
async function replaceServer(offered?: Certificate): Promise<void> {
  const { port } = server;
  await server.close();
  server = await SmtpServer.start(offered, port);
}

/** Registers somebody. A mail server that hangs would keep a request that waits for it. */
async function register(): Promise<string> {
  const email = newEmail();
  const { status } = await service.client.post('/auth/register', { email, password: PASSWORD });
  expect(status).toBe(202);
  return email;
}

const attempts = async () => {
  const [{ most }] = await owner.query('SELECT max(attempts) AS most FROM auth_mails WHERE sent_at IS NULL');
  return most as number;
};
async function passTime(minutes: number): Promise<void> {
  await owner.query(
    `WITH moved AS (UPDATE auth_actions SET expires_at = expires_at - make_interval(mins => $1::int))
     UPDATE auth_mails SET next_at = next_at - make_interval(mins => $1::int) WHERE sent_at IS NULL`,
    [minutes],
  );
  await outbox.wake();
}

/** All mails that wait are due, again and again, until this is so. */
const untilSent = (isDone: () => boolean) =>
  until(async () => {
    await owner.query('UPDATE auth_mails SET next_at = now() WHERE next_at > now()');
    await outbox.wake();
    return isDone();
  });

/** Each mail arrives as soon as it is due, and its link creates the account. */
async function expectAllToArrive(emails: string[]): Promise<void> {
  await untilSent(() => emails.every((email) => server.mails.some(({ to }) => to.includes(email))));
  for (const email of emails) {
    const { text } = server.mails.find(({ to }) => to.includes(email))!;
    const [, token] = /#t=(lk_[\w-]+)/.exec(text)!;
    const body = { token, password: PASSWORD };
    expect((await service.client.post('/auth/register/confirm', body)).status).toBe(201);
  }
  await until(async () => (await owner.query('SELECT FROM auth_mails WHERE sent_at IS NULL')).length === 0);
}

it.each<[string, SmtpBehavior]>([
  ['refuses with 4xx', { rcptTo: () => '451 4.3.0 later' }],
  ['refuses to talk', { greeting: () => '421 4.3.2 not now' }],
])(
  'A220: the mail server %s for an hour: answers come at once, and mails later',
  async (_, behavior) => {
    await start();
    server.behave = behavior;
    const emails = [await register(), await register(), await register()];
    for (let tried = 1; tried <= 2; tried++) {
      await until(async () => (await attempts()) >= tried);
      await passTime(30);
    }
    expect(server.mails).toEqual([]);
    emails.push(await register());
    server.behave = {};
    await expectAllToArrive(emails);
  },
  120_000,
);

it('A220: the mail server hangs: answers come at once, and mails once another one is there', async () => {
  await start();
  server.behave.mailFrom = () => 'hang';
  const emails = [await register()];
  await until(() => server.clear.some((line) => line.startsWith('MAIL')));
  emails.push(await register(), await register());
  expect(server.mails).toEqual([]);
  await replaceServer();
  await expectAllToArrive(emails);
}, 60_000);

it('A220: the mail server takes mails and drops the connection: they arrive again, as the same mails', async () => {
  await start();
  server.behave.content = () => 'drop';
  const emails = [await register(), await register()];
  await until(() => server.mails.length > 0);
  server.behave = {};
  // A mail whose link has been used is not sent again.
  await untilSent(() => server.mails.length > emails.length);
  await expectAllToArrive(emails);
  const ids = new Set(server.mails.map(({ messageId }) => messageId));
  expect(ids.size).toBe(2);
  expect(server.mails.length).toBeGreaterThan(2);
}, 60_000);

it.each<[string, Certificate | undefined]>([
  ['offers no TLS', undefined],
  ['has a certificate that nobody has signed', await selfSigned({ ip: ['127.0.0.2'] })],
  ['has a certificate for another name', await selfSigned({ dns: ['other.example.com'] })],
])(
  'A220: the mail server %s: nothing is sent in clear, and mails once it is fixed',
  async (_, offered) => {
    await start({ host: '127.0.0.2', offered, ca: certificate.cert });
    const emails = [await register(), await register()];
    await until(async () => (await attempts()) >= 1 && server.connections > 0);
    expect(server.mails).toEqual([]);
    expect(server.clear.join('\n')).not.toMatch(SECRETS);
    await replaceServer(certificate);
    await expectAllToArrive(emails);
    expect(server.mails.every(({ encrypted }) => encrypted)).toBe(true);
    expect(server.clear.join('\n')).not.toMatch(SECRETS);
  },
  60_000,
);
