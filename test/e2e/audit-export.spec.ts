import { randomBytes } from 'node:crypto';
import { Writable } from 'node:stream';
import { pino } from 'pino';
import { DataSource } from 'typeorm';
import { startService } from '../../src/service/service.js';
import { readConfiguration } from '../../src/settings/configuration.js';
import { migrate } from '../../src/settings/database.js';
import { writeEvents } from '../support/audit-events.js';
import { AuditReceiverServer } from '../support/audit-receiver.js';
import { runCli, runCliUnread } from '../support/cli.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';
import { until } from '../support/until.js';

const TOKEN = randomBytes(24).toString('hex');
const METRICS = randomBytes(24).toString('hex');

let database: TestDatabase;
let owner: DataSource;
let settings: Record<string, string>;
beforeAll(async () => {
  database = await createDatabase();
  await migrate(database.url);
  owner = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  settings = productionSettings(database.url);
});
beforeEach(() =>
  owner.query('TRUNCATE auth_events, auth_audit_receivers, auth_audit_dead_letters, auth_leases'),
);
afterAll(async () => {
  await owner.destroy();
  await database.drop();
});

const idsOf = (text: string) =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { id: string }).id);

describe('the service with two receivers', () => {
  let servers: AuditReceiverServer[];
  let service: ServiceHere;
  let withReceivers: Record<string, string>;
  beforeEach(async () => {
    servers = [await AuditReceiverServer.start(), await AuditReceiverServer.start()];
    const [siem, archive] = servers as [AuditReceiverServer, AuditReceiverServer];
    withReceivers = {
      ...settings,
      METRICS_TOKEN: METRICS,
      AUDIT_WEBHOOK_URL: `siem=${siem.url},archive=${archive.url}`,
      AUDIT_WEBHOOK_SECRET: `siem=${siem.secret},archive=${archive.secret}`,
      AUDIT_WEBHOOK_ALLOW_PRIVATE: 'true',
    };
    service = await startServiceHere(withReceivers);
    await until(async () => (await owner.query('SELECT FROM auth_audit_receivers')).length === 2);
  });
  afterEach(async () => {
    await service.end();
    for (const server of servers) await server.close();
  });

  const cli = (...args: string[]) => runCli(['audit', ...args], settings);

  it('sends a poisoned event again when an operator asks on the command line', async () => {
    const [siem, archive] = servers as [AuditReceiverServer, AuditReceiverServer];
    siem.behave = ({ events }, response) =>
      response.writeHead(events.some(({ type }) => type === 'poison') ? 400 : 204).end();
    await writeEvents(owner, 1);
    const [poison] = await writeEvents(owner, 1, { type: 'poison' });
    await writeEvents(owner, 1);
    await until(() => siem.accepted.length === 2 && archive.accepted.length === 3);
    expect(siem.requests.every((request) => siem.isGenuine(request))).toBe(true);

    const receivers = await cli('receivers');
    expect(receivers.code).toBe(0);
    expect(receivers.stdout).toMatch(/^archive +up to date .*\nsiem +up to date +0 s +2 +1 /m);
    const list = await cli('dead-letters', 'list');
    expect(list.stdout).toMatch(new RegExp(`${poison} +poison +siem .* it answered 400`));
    expect((await cli('dead-letters', 'retry')).code).toBe(2);
    expect((await cli('dead-letters', 'retry', 'nonsense')).code).toBe(2);

    siem.accept();
    expect((await cli('dead-letters', 'retry', poison!)).stdout).toMatch(/^1 dead letters/);
    await until(() => siem.ids.includes(poison!));
    await until(async () =>
      (await cli('dead-letters', 'list')).stdout.startsWith('There are no dead letters.'),
    );
    expect((await cli('dead-letters', 'discard', '--all')).stdout).toMatch(/^0 dead letters were deleted/);
  });

  it('begins again where an operator says, and measures each receiver', async () => {
    const [siem, archive] = servers as [AuditReceiverServer, AuditReceiverServer];
    const ids = await writeEvents(owner, 3);
    await until(() => siem.accepted.length === 3 && archive.accepted.length === 3);
    const since = new Date(Date.now() - 60_000).toISOString();
    expect((await cli('receivers', '--rewind', 'siem')).code).toBe(2);
    expect((await cli('receivers', '--rewind', 'nobody', '--since', since)).code).toBe(1);
    expect((await cli('receivers', '--rewind', 'siem', '--since', since)).code).toBe(0);
    await until(() => siem.accepted.length === 6);
    expect(siem.ids).toEqual([...ids, ...ids]);
    const { body } = await service.client.get('/metrics', { token: METRICS });
    expect(body).toContain('latchkey_audit_receiver_delivered{receiver="archive"} 3');
    expect(body).toContain('latchkey_audit_receiver_lag_seconds{receiver="siem"} 0');
    expect(body).toContain('latchkey_audit_receiver_dead_letters{receiver="siem"} 0');
  });

  it('measures those that are not configured, until they are removed', async () => {
    const since = new Date(Date.now() - 60_000).toISOString();
    await cli('export', '--receiver', 'shipper', '--since', since);
    await writeEvents(owner, 1, { ageSeconds: 3_600 });
    const page = async () => (await service.client.get('/metrics', { token: METRICS })).body as string;
    const lag = /^latchkey_audit_receiver_lag_seconds\{receiver="shipper"\} (\d+)/m;
    expect(Number(lag.exec(await page())![1])).toBeGreaterThanOrEqual(3_600);
    await cli('receivers', '--remove', 'shipper');
    expect(await page()).not.toMatch(/latchkey_audit_receiver.*shipper/);
  });

  it('is examined by the doctor', async () => {
    const [siem] = servers as [AuditReceiverServer];
    siem.behave = (_request, response) => response.writeHead(503).end();
    await writeEvents(owner, 1);
    await until(async () => (await cli('receivers')).stdout.includes('failing since'));
    const { stdout } = await runCli(['doctor'], withReceivers);
    expect(stdout).toMatch(/! audit export +siem has been failing since .*: it answered 503/);
    expect(stdout).toMatch(/✔ audit export +archive is up to date/);
  });
});

describe('latchkey audit export', () => {
  const exported = async (...args: string[]) => runCli(['audit', 'export', ...args], settings);
  const HOUR_AGO = new Date(Date.now() - 3_600_000).toISOString();

  it('writes the events since a time as lines of JSON', async () => {
    await writeEvents(owner, 1, { ageSeconds: 7_200 });
    const ids = await writeEvents(owner, 1_500);
    const { code, stdout, stderr } = await exported('--since', HOUR_AGO);
    expect([code, stderr]).toEqual([0, '']);
    expect(idsOf(stdout)).toEqual(ids);
  });

  it('goes on where a receiver was', async () => {
    const first = await writeEvents(owner, 2);
    expect(idsOf((await exported('--since', HOUR_AGO, '--receiver', 'shipper')).stdout)).toEqual(first);
    const second = await writeEvents(owner, 2);
    expect(idsOf((await exported('--receiver', 'shipper')).stdout)).toEqual(second);
    expect((await exported('--receiver', 'shipper')).stdout).toBe('');
    expect((await runCli(['audit', 'receivers', '--remove', 'shipper'], settings)).code).toBe(0);
    expect((await exported('--receiver', 'shipper')).code).toBe(2);
  });

  it('does not remember what nobody has read', async () => {
    await writeEvents(owner, 5_000);
    const args = ['audit', 'export', '--since', HOUR_AGO, '--follow', '--receiver', 'shipper'];
    const { signal, other } = await runCliUnread(args, settings, 'stdout');
    expect([signal, other]).toEqual([null, '']);
    expect(await owner.query('SELECT name, delivered FROM auth_audit_receivers')).toEqual([
      { name: 'shipper', delivered: '0' },
    ]);
  });

  it.each([
    [['--since', 'yesterday']],
    [['--since', '2026-02-30']],
    [[]],
    [['--receiver', 'a b', '--since', '2026-01-01']],
  ])('refuses %j', async (args) => {
    const { code, stdout } = await exported(...args);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('GET /audit/events', () => {
  let service: ServiceHere;
  beforeAll(async () => {
    service = await startServiceHere({ ...settings, AUDIT_EXPORT_TOKEN: TOKEN });
  });
  afterAll(() => service.end());

  const read = async (query: string) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const answer = await fetch(new URL(`/audit/events${query}`, service.client.url), { headers });
    const text = await answer.text();
    const error = answer.ok ? undefined : (JSON.parse(text) as { error: string }).error;
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      error,
      cursor: answer.headers.get('x-latchkey-cursor')!,
    };
  };

  it('answers in pages, each with the cursor of the next one', async () => {
    const ids = await writeEvents(owner, 5);
    const since = new Date(Date.now() - 60_000).toISOString();
    const first = await read(`?since=${since}&limit=3`);
    expect(first.status).toBe(200);
    expect(first.headers.get('content-type')).toMatch(/^application\/x-ndjson/);
    const second = await read(`?after=${first.cursor}&limit=3`);
    const third = await read(`?after=${second.cursor}&limit=3`);
    expect([first, second, third].map(({ text }) => idsOf(text))).toEqual([
      ids.slice(0, 3),
      ids.slice(3),
      [],
    ]);
    const [next] = await writeEvents(owner, 1);
    expect(idsOf((await read(`?after=${third.cursor}`)).text)).toEqual([next]);
  });

  it('begins with new events if neither a cursor nor a time is given', async () => {
    await writeEvents(owner, 2);
    const { text, cursor } = await read('');
    expect(text).toBe('');
    const ids = await writeEvents(owner, 2);
    expect(idsOf((await read(`?after=${cursor}`)).text)).toEqual(ids);
  });

  it('says so when a cursor is of a future that a restored backup does not know', async () => {
    await writeEvents(owner, 2);
    const { cursor } = await read(`?since=${new Date(Date.now() - 60_000).toISOString()}`);
    const future = Buffer.from('4000000000:ffffffff-ffff-ffff-ffff-ffffffffffff').toString('base64url');
    expect(await read(`?after=${future}`)).toMatchObject({
      status: 400,
      error: 'VALIDATION_FAILED',
    });
    await owner.query('DELETE FROM auth_events WHERE id = (SELECT max(id::text)::uuid FROM auth_events)');
    expect(await read(`?after=${cursor}`)).toMatchObject({
      status: 400,
      error: 'VALIDATION_FAILED',
    });
  });

  it.each([
    '?x=1',
    '?after[]=1',
    '?Since=2026-01-01',
    '?limit=1&limit=2',
    '?since=2026-01-01&since=2026-01-02',
    '?after=x',
    '?after=a&after=b',
    '?since=now',
    '?limit=0',
    '?limit=1001',
    '?limit=x',
  ])('refuses %s', async (query) =>
    expect(await read(query)).toMatchObject({ status: 400, error: 'VALIDATION_FAILED' }),
  );

  it('is refused without a line in the log that a stranger could repeat', async () => {
    const lines: string[] = [];
    const log = new Writable({ write: (line, _, done) => done(void lines.push(String(line))) });
    const configuration = readConfiguration({
      ...settings,
      AUDIT_EXPORT_TOKEN: TOKEN,
      METRICS_TOKEN: METRICS,
    });
    const loud = await startService(configuration, pino({ level: 'warn' }, log));
    lines.length = 0;
    for (const [path, token, status] of [
      ['/audit/events', 'wrong', 404],
      ['/audit/events?limit=0', TOKEN, 400],
      ['/metrics', 'wrong', 404],
    ] as const) {
      const answer = await fetch(new URL(path, loud.url), { headers: { authorization: `Bearer ${token}` } });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        status,
        expect.stringMatching(/^application\/json/),
      ]);
    }
    await loud.stop();
    expect(lines).toEqual([]);
  });

  it('does not exist without the token, nor for another one', async () => {
    for (const token of [undefined, 'wrong', METRICS])
      expect((await service.client.get('/audit/events', { token })).status).toBe(404);
    const other = await startServiceHere(settings);
    expect((await other.client.get('/audit/events', { token: TOKEN })).status).toBe(404);
    await other.end();
  });
});
