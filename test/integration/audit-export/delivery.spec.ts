import { ConsoleLogger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditExport } from '../../../src/index.js';
import { writeEvents } from '../../support/audit-events.js';
import { AuditReceiverServer } from '../../support/audit-receiver.js';
import { type Host, startHost } from '../../support/host-app.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { until } from '../../support/until.js';

let database: TestDatabase;
let owner: DataSource;
let hosts: Host[];
let servers: AuditReceiverServer[];
beforeEach(async () => {
  database = await createMigratedDatabase();
  owner = await new DataSource({ type: 'postgres', url: database.url }).initialize();
  [hosts, servers] = [[], []];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await Promise.all(hosts.map((host) => host.close()));
  await owner.destroy();
  await database.drop();
});

const startReceiver = async () => {
  const server = await AuditReceiverServer.start();
  servers.push(server);
  return server;
};

/** An instance that sends to these receivers, which have a cursor when it resolves. */
async function startSending(
  receivers: Record<string, AuditReceiverServer>,
  giveUpAfter = '1d' as `${number}d`,
) {
  const list = Object.entries(receivers).map(([name, { url, secret }]) => ({
    name,
    url,
    secret,
    allowPrivateAddresses: true,
  }));
  const host = await startHost({
    databaseUrl: database.url,
    options: { audit: { receivers: list, giveUpAfter } },
  });
  hosts.push(host);
  await until(async () => (await host.app.get(AuditExport).receivers()).length === list.length);
  return host.app.get(AuditExport);
}

const status = async (audit: AuditExport, name: string) => (await audit.receivers([name]))[0]!;

describe('an audit receiver that is new', () => {
  it.each([
    ['beside a cursor that nobody has configured: it may be the same one renamed', ['webhook'], 1],
    ['alone', [], 0],
  ])('%s', async (_, others, expected) => {
    for (const name of others)
      await owner.query(
        `INSERT INTO auth_audit_receivers (name, position_xid, position_id) VALUES ($1, 0, gen_random_uuid())`,
        [name],
      );
    const warnings: string[] = [];
    const logger = new ConsoleLogger();
    logger.warn = (message: string) => void warnings.push(message);
    for (const method of ['log', 'error', 'debug', 'verbose'] as const) logger[method] = () => undefined;
    const server = await startReceiver();
    const siem = { name: 'siem', url: server.url, secret: server.secret, allowPrivateAddresses: true };
    const options = { audit: { receivers: [siem] } };
    const host = await startHost({ databaseUrl: database.url, options, logger });
    hosts.push(host);
    const [event] = await writeEvents(owner, 1);
    await until(async () => {
      if (!server.ids.includes(event!)) await host.app.get(AuditExport).rewind('siem', new Date(0));
      return server.ids.includes(event!);
    });
    const told = warnings.filter((line) => line.includes('siem is new'));
    expect(told.length).toBe(expected);
    for (const line of told) expect(line).toMatch(/with a cursor: webhook$/);
  });
});

describe('an audit receiver', () => {
  it('gets each event once, in order, signed, exactly as the table has it', async () => {
    const server = await startReceiver();
    const audit = await startSending({ siem: server });
    const ids = await writeEvents(owner, 1_200);
    await until(() => server.accepted.length >= ids.length);
    expect(server.ids).toEqual(ids);
    for (const request of server.requests) {
      expect(request.headers['content-type']).toBe('application/x-ndjson');
      expect(server.isGenuine(request)).toBe(true);
      expect(request.events.length).toBeLessThanOrEqual(500);
    }
    expect(Object.keys(server.accepted[0]!).toSorted()).toEqual([
      'at',
      'count',
      'details',
      'id',
      'ip',
      'requestId',
      'sessionId',
      'type',
      'userAgent',
      'userId',
    ]);
    await until(async () => (await status(audit, 'siem')).delivered === ids.length);
    expect(await status(audit, 'siem')).toMatchObject({
      lagSeconds: 0,
      deadLetters: 0,
      failed: 0,
      lastError: null,
    });
  });

  it('does not miss a transaction that began earlier and commits later', async () => {
    const server = await startReceiver();
    const audit = await startSending({ siem: server });
    const late = owner.createQueryRunner();
    await late.startTransaction();
    const [first] = await writeEvents(late, 1);
    const [second] = await writeEvents(owner, 1);
    await until(async () => (await status(audit, 'siem')).heldBack);
    expect(server.ids).toEqual([]);
    expect((await status(audit, 'siem')).lagSeconds).toBeGreaterThan(0);
    await late.commitTransaction();
    await late.release();
    await until(() => server.accepted.length === 2);
    expect(server.ids).toEqual([first, second]);
  });

  it('does not wait for a transaction in another database of the server', async () => {
    const server = await startReceiver();
    await startSending({ siem: server });
    const elsewhere = await createMigratedDatabase();
    const other = await new DataSource({ type: 'postgres', url: elsewhere.url }).initialize();
    const open = other.createQueryRunner();
    await open.startTransaction();
    await writeEvents(open, 1);
    const ids = await writeEvents(owner, 1);
    await until(() => server.accepted.length === 1);
    expect(server.ids).toEqual(ids);
    await open.rollbackTransaction();
    await open.release();
    await other.destroy();
    await elsewhere.drop();
  });

  it('gets everything after it was away', async () => {
    const server = await startReceiver();
    const audit = await startSending({ siem: server });
    server.behave = (_request, response) => response.destroy();
    const ids = await writeEvents(owner, 20);
    await until(async () => (await status(audit, 'siem')).failed > 0);
    const failing = await status(audit, 'siem');
    expect(failing.failingSince).toBeInstanceOf(Date);
    expect(failing.lastError).toMatch(/socket hang up|ECONNRESET/);
    ids.push(...(await writeEvents(owner, 20)));
    server.accept();
    await until(() => server.accepted.length >= ids.length);
    expect(server.ids).toEqual(ids);
    await until(async () => (await status(audit, 'siem')).failingSince === null);
  });

  it.each([408, 429, 500, 503, 302])('that answers %i gets the same events again', async (code) => {
    const server = await startReceiver();
    await startSending({ siem: server });
    let times = 0;
    server.behave = (_request, response) => response.writeHead(times++ === 0 ? code : 204).end();
    const ids = await writeEvents(owner, 2);
    await until(() => server.accepted.length >= ids.length);
    expect(server.ids).toEqual(ids);
  });

  it('that asks for patience is left alone for that long', async () => {
    const server = await startReceiver();
    const audit = await startSending({ siem: server });
    server.behave = (_request, response) => response.writeHead(429, { 'Retry-After': '120' }).end();
    await writeEvents(owner, 1);
    await until(async () => (await status(audit, 'siem')).failed === 1);
    const { nextAttemptAt } = await status(audit, 'siem');
    const [{ wait }] = await owner.query('SELECT extract(epoch FROM $1::timestamptz - now())::int AS wait', [
      nextAttemptAt,
    ]);
    expect(wait).toBeGreaterThan(100);
    expect(wait).toBeLessThanOrEqual(120);
  });

  it('that refuses an event gets the others, and that one as a dead letter when an operator asks', async () => {
    const server = await startReceiver();
    const audit = await startSending({ siem: server });
    const refusePoison: AuditReceiverServer['behave'] = ({ events }, response) =>
      response.writeHead(events.some(({ type }) => type === 'poison') ? 422 : 204).end();
    server.behave = refusePoison;
    const before = await writeEvents(owner, 40);
    const [poison] = await writeEvents(owner, 1, { type: 'poison' });
    const after = await writeEvents(owner, 40);
    await until(() => server.accepted.length >= 80);
    expect(server.ids).toEqual([...before, ...after]);
    const [letter, ...others] = await audit.deadLetters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      receiver: 'siem',
      eventId: poison,
      reason: 'it answered 422',
      attempts: 1,
    });

    await audit.retryDeadLetters({ ids: [poison!] });
    await until(async () => (await audit.deadLetters())[0]?.attempts === 2);
    expect((await audit.deadLetters())[0]!.requestedAt).toBeNull();
    server.accept();
    expect(await audit.retryDeadLetters({ receiver: 'siem' })).toBe(1);
    await until(async () => (await audit.deadLetters()).length === 0);
    expect(server.ids.at(-1)).toBe(poison);
    expect(server.accepted.at(-1)!.type).toBe('poison');
    expect((await status(audit, 'siem')).delivered).toBe(81);
  });

  it('that fails with one event for too long gets the others', async () => {
    const server = await startReceiver();
    const audit = await startSending({ siem: server }, '1s' as `${number}d`);
    server.behave = ({ events }, response) =>
      response.writeHead(events.some(({ type }) => type === 'poison') ? 500 : 204).end();
    const [poison] = await writeEvents(owner, 1, { type: 'poison' });
    const ids = await writeEvents(owner, 2);
    await until(() => server.accepted.length >= 2);
    expect(server.ids).toEqual(ids);
    expect(await audit.deadLetters()).toMatchObject([{ eventId: poison, reason: 'it answered 500' }]);
  });

  it('that refuses everything slows the sender down instead of emptying the trail into dead letters', async () => {
    const server = await startReceiver();
    const audit = await startSending({ siem: server });
    server.behave = (_request, response) => response.writeHead(401).end();
    await writeEvents(owner, 200);
    await until(async () => (await status(audit, 'siem')).deadLetters >= 2);
    const { nextAttemptAt, deadLetters } = await status(audit, 'siem');
    expect(nextAttemptAt).not.toBeNull();
    expect(deadLetters).toBeLessThan(10);
  });

  it('that hangs does not delay another one', async () => {
    const [hanging, quick] = [await startReceiver(), await startReceiver()];
    const audit = await startSending({ hanging, quick });
    hanging.behave = () => undefined;
    const ids = await writeEvents(owner, 10);
    await until(() => quick.accepted.length === ids.length);
    expect(quick.ids).toEqual(ids);
    await until(() => hanging.requests.length > 0);
    expect((await status(audit, 'hanging')).delivered).toBe(0);
  });

  it('is served by one of two instances at a time, and by the other one when that ends', async () => {
    const server = await startReceiver();
    await startSending({ siem: server });
    await startSending({ siem: server });
    const ids: string[] = [];
    for (let i = 0; i < 20; i++) ids.push(...(await writeEvents(owner, 30)));
    await until(() => server.accepted.length >= ids.length);
    expect(server.ids).toEqual(ids);
    await hosts.shift()!.close();
    ids.push(...(await writeEvents(owner, 30)));
    await until(() => server.accepted.length >= ids.length);
    expect(server.ids).toEqual(ids);
  });

  it('learns the count of an event that is repeated after it was sent', async () => {
    const server = await startReceiver();
    await startSending({ siem: server });
    const [{ client, clock }] = hosts as [Host];
    // Repeats count as such within a minute, which has just begun.
    clock.offset = 60_000 - (Date.now() % 60_000);
    await client.post('/auth/refresh', { refreshToken: 'junk' });
    await until(() => server.accepted.length === 1);
    for (let i = 0; i < 4; i++) await client.post('/auth/refresh', { refreshToken: 'junk' });
    const sum = () => {
      const counts = new Map(server.accepted.map(({ id, count }) => [id, count]));
      return [...counts.values()].reduce((all, count) => all + count, 0);
    };
    await until(() => sum() === 5);
    expect(new Set(server.ids).size).toBe(1);
  });

  it('without receivers, nothing is queried', async () => {
    hosts.push(await startHost({ databaseUrl: database.url }));
    expect(await owner.query('SELECT name FROM auth_audit_receivers')).toEqual([]);
    expect(await owner.query(`SELECT name FROM auth_leases WHERE name LIKE 'audit%'`)).toEqual([]);
  });
});
