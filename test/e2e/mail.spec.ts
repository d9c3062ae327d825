import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { AuthModule, AuthEvents, MailOutbox, type NewAuthEvent, Mails } from '../../src/index.js';
import { inMemoryAuth, MailSink } from '../../src/testing/index.js';
import { runCli } from '../support/cli.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';
import { SmtpServer } from '../support/smtp-server.js';
import { until } from '../support/until.js';

const MAIL = { template: 'account-closed', to: 'ada@example.com' } as const;

let database: TestDatabase;
let owner: DataSource;
beforeAll(async () => {
  database = await createMigratedDatabase();
  owner = await new DataSource({ type: 'postgres', url: database.url }).initialize();
});
afterAll(async () => {
  await owner.destroy();
  await database.drop();
});

/** Written as another instance would. */
const write = (template: string = MAIL.template, to: string = MAIL.to, data: object = {}) =>
  owner.query(
    'INSERT INTO auth_mails (id, template, recipient, data) VALUES (gen_random_uuid(), $1, $2, $3)',
    [template, to, data],
  );

describe('the service with a mail server', () => {
  let server: SmtpServer;
  let service: ServiceHere;
  let settings: Record<string, string>;
  beforeAll(async () => {
    server = await SmtpServer.start();
    settings = {
      ...productionSettings(database.url),
      SMTP_URL: `smtp://127.0.0.1:${server.port}`,
      MAIL_FROM: 'Example <no-reply@example.com>',
      MAIL_LOCALE: 'de',
    };
    service = await startServiceHere(settings);
  });
  afterAll(async () => {
    await service.end();
    await server.close();
  });
  beforeEach(() => owner.query('TRUNCATE auth_mails'));

  it('sends what is in the outbox, in the language and from the address of the configuration', async () => {
    await write();
    await until(() => server.mails.length === 1);
    expect(server.mails[0]).toMatchObject({ from: 'no-reply@example.com', to: ['ada@example.com'] });
    expect(server.mails[0]!.text).toContain('Ihr Konto');
    expect(server.mails[0]!.messageId).toMatch(/^<[\da-f-]{36}@auth\.example\.com>$/);
  });

  it('shows operators what was given up, lets them retry it, and writes it into the audit trail', async () => {
    server.behave.rcptTo = () => '550 5.1.1 no such user';
    await write();
    const failed = async () =>
      JSON.parse((await runCli(['mails', 'list', '--failed', '--json'], settings)).stdout);
    await until(
      async () => (await owner.query('SELECT FROM auth_mails WHERE failed_at IS NOT NULL')).length === 1,
    );
    const { items } = await failed();
    expect(items).toEqual([
      expect.objectContaining({
        state: 'failed',
        recipient: 'ada@example.com',
        attempts: 1,
        error: expect.stringContaining('550'),
      }),
    ]);
    await until(
      async () => (await owner.query("SELECT FROM auth_events WHERE type = 'mail-failed'")).length === 1,
    );
    const doctor = await runCli(['doctor'], settings);
    expect(doctor.stdout).toMatch(/✔ mail +the mail server accepts/);
    expect(doctor.stdout).toMatch(/! mail +1 mails were given up: see latchkey mails list --failed/);

    server.behave = {};
    const before = server.mails.length;
    expect((await runCli(['mails', 'retry'], settings)).code).toBe(2);
    expect((await runCli(['mails', 'retry', 'nonsense'], settings)).code).toBe(2);
    expect((await runCli(['mails', 'retry', items[0].id], settings)).stdout).toMatch(
      /^1 mails will be tried/,
    );
    await until(() => server.mails.length === before + 1);
    await until(
      async () => (await owner.query('SELECT FROM auth_mails WHERE sent_at IS NOT NULL')).length === 1,
    );
    expect((await runCli(['mails', 'list', '--failed'], settings)).stdout).toMatch(/^No mail matches/);
    expect((await runCli(['mails', 'list'], settings)).stdout).toMatch(
      / sent +account-closed +ada@example.com /,
    );
  });
});

describe('the mailbox in development', () => {
  let service: ServiceHere;
  beforeAll(async () => {
    await owner.query('TRUNCATE auth_mails');
    service = await startServiceHere({ ...productionSettings(database.url), NODE_ENV: 'development' });
  });
  afterAll(() => service.end());
  const page = async () => (await service.client.get('/account/mailbox')).body as string;

  it('shows mails with their links, the newest first, and their HTML in a frame that runs nothing', async () => {
    expect(await page()).toContain('No emails yet');
    await write('verify-email', 'ada@example.com', { name: '<script>alert(1)</script>' });
    await until(async () => (await page()).includes('ada@example.com'));
    await write('address-taken', 'bob@example.com');
    await until(async () => (await page()).includes('bob@example.com'));

    const answer = await service.client.get('/account/mailbox');
    const html = answer.body as string;
    expect(html.indexOf('bob@')).toBeLessThan(html.indexOf('ada@'));
    expect(html).not.toContain('<script');
    expect(html).toContain('<a href="https://auth.example.com/account">');
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*frame-src 'self'/);
    expect(answer.headers.get('cache-control')).toBe('no-store');

    const frame = await service.client.get('/account/mailbox/0');
    expect(frame.body).toContain('<!doctype html>');
    expect(frame.headers.get('content-security-policy')).toMatch(
      /^sandbox .*default-src 'none'.*frame-ancestors 'self'/,
    );
    expect(frame.headers.get('x-frame-options')).toBe('SAMEORIGIN');
    for (const path of ['2', '-1', '1e0', 'x'])
      expect((await service.client.get(`/account/mailbox/${path}`)).status).toBe(404);
  });
});

describe('A285: without a mail server', () => {
  it('production has no mailbox, and sends nothing', async () => {
    await owner.query('TRUNCATE auth_mails');
    const service = await startServiceHere({ ...productionSettings(database.url), ACCOUNT_PAGES: 'on' });
    try {
      await write();
      for (const path of ['/account/mailbox', '/account/mailbox/0'])
        expect((await service.client.get(path)).status).toBe(404);
      const { body } = await service.client.get('/');
      expect(JSON.stringify(body)).not.toContain('mailbox');
    } finally {
      await service.end();
    }
    expect(await owner.query('SELECT FROM auth_mails WHERE sent_at IS NULL AND attempts = 0')).toHaveLength(
      1,
    );
  });
});

it('MailSink receives mails in a test without a database', async () => {
  const mails = new MailSink();
  const links = { account: 'https://app.example.com/me' };
  const options = inMemoryAuth({
    publicUrl: 'http://localhost:3000',
    accounts: { links },
    mail: { from: 'no-reply@example.com', transport: mails },
  });
  const module = await Test.createTestingModule({ imports: [AuthModule.forRoot(options)] }).compile();
  const app = module.createNestApplication(new FastifyAdapter());
  await app.init();
  try {
    const events: NewAuthEvent[] = [];
    app.get(AuthEvents).subscribe((event) => void events.push(event));
    const outbox: MailOutbox = app.get(MailOutbox);
    await outbox.enqueue({ template: 'verify-email', to: 'ada@example.com' });
    await outbox.enqueue({ template: 'verify-email', to: 'bob@example.com' });
    expect(await mails.linkFor('verify-email', { to: 'Bob@example.com' })).toBe('https://app.example.com/me');
    expect(await mails.linkFor('verify-email')).toBe('https://app.example.com/me');
    expect(mails.last()!.to).toBe('bob@example.com');
    await expect(mails.linkFor('verify-email', { within: 30 })).rejects.toThrow(
      'No mail verify-email within 30 ms. Mails so far: verify-email to ada@example.com, verify-email to bob@example.com',
    );
    await until(async () => (await app.get(Mails).stats()).queued === 0);
    expect(events).toEqual([]);
  } finally {
    await app.close();
  }
});
