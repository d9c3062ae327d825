import { DataSource } from 'typeorm';
import { Leases } from '../../../src/database/leases.js';
import { AuditExport } from '../../../src/audit-export/audit-export.js';
import { AuditStream } from '../../../src/audit-export/audit-stream.js';
import { DeadLetters } from '../../../src/audit-export/dead-letters.js';
import { ReceiverStore } from '../../../src/audit-export/receiver.store.js';
import { Renumbering } from '../../../src/audit-export/renumber.js';
import { examineAuditReceivers } from '../../../src/auth/doctor/examine-audit-receivers.js';
import { AuditStore } from '../../../src/events/audit.store.js';
import { authEntities } from '../../../src/index.js';
import { writeEvents } from '../../support/audit-events.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

let database: TestDatabase;
let source: DataSource;
let stream: AuditStream;
let store: ReceiverStore;
beforeEach(async () => {
  database = await createMigratedDatabase();
  source = await new DataSource({
    type: 'postgres',
    url: database.url,
    entities: [...authEntities],
  }).initialize();
  [stream, store] = [new AuditStream(source), new ReceiverStore(source)];
});
afterEach(async () => {
  await source.destroy();
  await database.drop();
});

/** The receiver gets everything that it can. */
async function take(name: string): Promise<string[]> {
  const ids: string[] = [];
  for (;;) {
    const place = (await store.find(name))!;
    const events = await stream.read(place, 100);
    if (events.length === 0) return ids;
    ids.push(...events.map(({ id }) => id));
    await store.delivered(name, place, events.at(-1)!, events.length);
  }
}

describe('a dump that was restored on a server with lower transaction ids', () => {
  const renumbering = () => new Renumbering(source, new Leases(source));
  /** As if everything so far had been written by a server with ids of a far future. */
  const restore = async () => {
    await source.query('UPDATE auth_events SET written_xid = written_xid + 1000000000');
    await source.query('UPDATE auth_audit_receivers SET position_xid = position_xid + 1000000000');
  };

  it('is noticed, and no event is skipped: neither an old one nor a new one', async () => {
    await store.add('siem', await stream.now());
    await store.add('slow', await stream.now());
    const delivered = await writeEvents(source, 10);
    expect(await take('siem')).toEqual(delivered);
    const waiting = await writeEvents(source, 10);
    expect(await renumbering().isNeeded()).toBe(false);
    await restore();
    const fresh = await writeEvents(source, 10);
    expect(await renumbering().isNeeded()).toBe(true);
    expect(await take('siem')).toEqual([]);

    expect(await renumbering().run()).toBe(true);
    expect(await renumbering().isNeeded()).toBe(false);
    expect(await take('siem')).toEqual(expect.arrayContaining([...waiting, ...fresh]));
    expect(await take('slow')).toEqual(expect.arrayContaining([...delivered, ...waiting, ...fresh]));
    const later = await writeEvents(source, 1);
    expect(await take('siem')).toEqual(later);
  });

  it('does not send again what all receivers had got', async () => {
    await store.add('siem', await stream.now());
    await writeEvents(source, 10);
    await take('siem');
    await restore();
    await renumbering().run();
    expect(await take('siem')).toEqual([]);
  });

  it('is put in order by one instance at a time', async () => {
    await store.add('siem', await stream.now());
    await writeEvents(source, 10);
    await restore();
    const results = await Promise.all([renumbering().run(), renumbering().run()]);
    expect(results).toContain(true);
    expect((await take('siem')).length).toBe(10);
  });

  /** As if the app had only this to do with the trail: nothing is sent. */
  const exportOf = (from: DataSource) => {
    const leases = new Leases(from);
    const parts = [new AuditStream(from), new ReceiverStore(from), new DeadLetters(from)] as const;
    return new AuditExport(...parts, leases, new Renumbering(from, leases), []);
  };
  const HOUR_AGO = new Date(Date.now() - 3_600_000);
  const idOf = (line: string) => (JSON.parse(line) as { id: string }).id;

  it.each<[string, (audit: AuditExport) => Promise<unknown>]>([
    ['which consumes', async () => undefined],
    ['after they were listed', (audit) => audit.receivers()],
  ])('loses no event of a receiver that no instance sends to, %s', async (_, prepare) => {
    await store.add('ship', await stream.now());
    const delivered = await writeEvents(source, 3);
    await take('ship');
    const waiting = await writeEvents(source, 5);
    await restore();
    const fresh = await writeEvents(source, 5);
    const audit = exportOf(source);
    await prepare(audit);
    const got: string[] = [];
    await audit.consume({
      receiver: 'ship',
      deliver: async (lines) => void got.push(...lines.map(idOf)),
    });
    expect(got).toEqual(expect.arrayContaining([...waiting, ...fresh]));
    expect(got).not.toEqual(expect.arrayContaining(delivered.slice(0, 1)));
  });

  it('is not called up to date in the list of receivers', async () => {
    await store.add('ship', await stream.now());
    await writeEvents(source, 1);
    await take('ship');
    await restore();
    await writeEvents(source, 1, { ageSeconds: 60 });
    expect((await exportOf(source).receivers())[0]!.lagSeconds).toBeGreaterThanOrEqual(60);
  });

  it('has every event for those who read pages or export without a receiver', async () => {
    const old = await writeEvents(source, 5);
    const { cursor } = await exportOf(source).read({ since: HOUR_AGO, limit: 3 });
    await restore();
    const fresh = await writeEvents(source, 5);
    const { lines } = await exportOf(source).read({ since: HOUR_AGO, limit: 100 });
    expect(lines.map(idOf).toSorted()).toEqual([...old, ...fresh].toSorted());
    await expect(exportOf(source).read({ after: cursor, limit: 3 })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    const got: string[] = [];
    await exportOf(source).consume({
      since: HOUR_AGO,
      deliver: async (all) => void got.push(...all.map(idOf)),
    });
    expect(got.toSorted()).toEqual([...old, ...fresh].toSorted());
  });

  it('sends events again to a receiver that an operator moves back', async () => {
    await store.add('ship', await stream.now());
    const old = await writeEvents(source, 3);
    await take('ship');
    await restore();
    expect(await exportOf(source).rewind('ship', HOUR_AGO)).toBe(true);
    expect(await take('ship')).toEqual(old);
  });

  it('ends a consumer that follows, instead of leaving it to wait for ids of another server', async () => {
    await writeEvents(source, 1);
    const following = exportOf(source).consume({ since: HOUR_AGO, follow: true, deliver: restore });
    await expect(following).rejects.toThrow('A backup was restored');
  });

  it('is waited for by a reader while another instance puts it in order', async () => {
    await writeEvents(source, 3);
    await restore();
    const reads = [1, 2, 3].map(() => exportOf(source).read({ since: HOUR_AGO, limit: 10 }));
    for (const { lines } of await Promise.all(reads)) expect(lines.length).toBe(3);
  });

  it('is named by the doctor, whether receivers are configured or not', async () => {
    await writeEvents(source, 1);
    await restore();
    for (const names of [[], ['siem']])
      expect(await examineAuditReceivers(source, names)).toContainEqual({
        check: 'audit export',
        state: 'warning',
        message: expect.stringContaining('a backup of another server was restored'),
      });
    await renumbering().run();
    expect(await examineAuditReceivers(source, [])).toEqual([]);
  });

  it('says which privilege is missing', async () => {
    await writeEvents(source, 1);
    await restore();
    const role = `role_${process.pid}_${Date.now()}`;
    await source.query(`CREATE ROLE ${role} LOGIN PASSWORD 'x'`);
    await source.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
    await source.query(`REVOKE UPDATE ON auth_events FROM ${role}`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'x'];
    const lesser = await new DataSource({
      type: 'postgres',
      url: url.href,
      entities: [...authEntities],
    }).initialize();
    await expect(new Renumbering(lesser, new Leases(lesser)).run()).rejects.toThrow(
      'needs the privilege UPDATE (written_xid) ON auth_events',
    );
    const privilege = 'needs the privilege UPDATE (written_xid) ON auth_events';
    const audit = exportOf(lesser);
    await expect(audit.read({ limit: 1 })).rejects.toThrow(privilege);
    await expect(audit.receivers()).rejects.toThrow(privilege);
    await expect(audit.consume({ deliver: async () => undefined })).rejects.toThrow(privilege);
    expect(await examineAuditReceivers(lesser, [])).toMatchObject([
      { state: 'problem', message: expect.stringContaining(privilege) },
    ]);
    await lesser.destroy();
    await source.query(`DROP OWNED BY ${role}`);
    await source.query(`DROP ROLE ${role}`);
  });
});

describe('a receiver with a cursor that is not configured', () => {
  it('is named by the doctor, which cannot know who reads it', async () => {
    await store.add('ship', await stream.now());
    const message = expect.stringMatching(/^ship is not configured.*audit receivers --remove ship/);
    expect(await examineAuditReceivers(source, [])).toEqual([
      { check: 'audit export', state: 'ok', message },
    ]);
    await writeEvents(source, 1, { ageSeconds: 3_600 });
    expect(await examineAuditReceivers(source, ['siem'])).toEqual([
      { check: 'audit export', state: 'ok', message: 'siem has not begun yet' },
      { check: 'audit export', state: 'warning', message },
    ]);
  });
});

describe('the cleanup of the audit trail', () => {
  const DAY = 86_400;
  const trail = () => new AuditStore(source, 90 * DAY);
  const left = async () =>
    (await source.query('SELECT id FROM auth_events ORDER BY id')).map(({ id }: { id: string }) => id);

  it('keeps what a receiver has not got, and deletes it at twice the retention, counted as lost', async () => {
    await store.add('siem', await stream.now());
    const delivered = await writeEvents(source, 3, { ageSeconds: 91 * DAY });
    await take('siem');
    const waiting = await writeEvents(source, 2, { ageSeconds: 91 * DAY });
    const ancient = await writeEvents(source, 4, { ageSeconds: 181 * DAY });
    expect(await trail().countExpired()).toBe(delivered.length + ancient.length);
    expect(await trail().deleteExpired(100)).toBe(delivered.length + ancient.length);
    expect(await left()).toEqual(waiting);
    expect(await store.list(['siem'])).toMatchObject([{ lost: 4 }]);
    await take('siem');
    expect(await trail().deleteExpired(100)).toBe(2);
    expect(await store.list(['siem'])).toMatchObject([{ lost: 4, delivered: 5 }]);
  });

  it('does so for the slowest receiver, and for nobody once it was removed', async () => {
    await store.add('siem', await stream.now());
    await store.add('slow', await stream.now());
    await writeEvents(source, 3, { ageSeconds: 91 * DAY });
    await take('siem');
    expect(await trail().deleteExpired(100)).toBe(0);
    expect(await store.remove('slow')).toBe(true);
    expect(await trail().deleteExpired(100)).toBe(3);
  });

  it('deletes dead letters at twice the retention, counted as lost', async () => {
    await store.add('siem', await stream.now());
    for (const ageSeconds of [181 * DAY, 91 * DAY]) {
      await writeEvents(source, 1, { ageSeconds });
      const place = (await store.find('siem'))!;
      const [event] = await stream.read(place, 1);
      await store.bury('siem', place, event!, { reason: 'no', attempts: 1, delayMs: 0 });
    }
    await trail().deleteExpired(100);
    expect(await store.list()).toMatchObject([{ deadLetters: 1, lost: 1 }]);
  });
});

describe('the order of the audit trail', () => {
  it('a cursor that was moved meanwhile is not moved by its former sender', async () => {
    await store.add('siem', await stream.now());
    await writeEvents(source, 2);
    const place = (await store.find('siem'))!;
    const [first, second] = await stream.read(place, 2);
    expect(await store.delivered('siem', place, first!, 1)).toBe(true);
    expect(await store.delivered('siem', place, second!, 2)).toBe(false);
    expect(await store.bury('siem', place, second!, { reason: 'no', attempts: 1, delayMs: 0 })).toBe(false);
    expect(await store.list()).toMatchObject([{ delivered: 1, deadLetters: 0 }]);
  });

  it('holds for 100,000 events that four writers add at the same time', async () => {
    await store.add('siem', await stream.now());
    const written = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const ids: string[] = [];
        for (let i = 0; i < 25; i++) ids.push(...(await writeEvents(source, 1_000)));
        return ids;
      }),
    );
    const seen: string[] = [];
    for (let place = (await store.find('siem'))! as { xid: string; id: string }; ;) {
      const page = await stream.read(place, 5_000);
      if (page.length === 0) break;
      seen.push(...page.map(({ id }) => id));
      place = page.at(-1)!;
    }
    expect(seen.length).toBe(100_000);
    expect(new Set(seen)).toEqual(new Set(written.flat()));
    const places = new Map(seen.map((id, index) => [id, index]));
    for (const ids of written) {
      const order = ids.map((id) => places.get(id)!);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });
});
