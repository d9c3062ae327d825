import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { UnavailableError } from '../../../src/errors/auth-errors.js';
import { authEntities } from '../../../src/index.js';
import { PostgresSessionStore } from '../../../src/sessions/postgres-session.store.js';
import type { SessionLimits } from '../../../src/sessions/session-types.js';
import { PartlyEndedError } from '../../../src/sessions/shards/partly-ended.error.js';
import { sessionIdOn, shardOf } from '../../../src/sessions/shards/shard-number.js';
import { ShardedSessionStore } from '../../../src/sessions/shards/sharded-session.store.js';
import { describeSessionStore } from '../../contract/session-store.contract.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';

const LIMITS: SessionLimits = {
  idleTtl: 1_000,
  absoluteTtl: 2_500,
  leeway: 10,
  rotation: true,
  maxPerUser: 3,
  whenFull: 'evict',
};
const NUMBERS = [0, 1, 2];
const TIMES = ['created_at', 'rotated_at', 'last_used_at', 'expires_at', 'absolute_expires_at', 'auth_time'];

describe('sessions in three databases', () => {
  let databases: TestDatabase[];
  let sources: DataSource[];
  /** The databases that do not answer. */
  const lost = new Set<number>();
  /** Those about which that is not known yet: whoever asks waits. */
  const hanging = new Set<number>();
  const asked: number[] = [];
  const failed: number[] = [];
  let turn = 0;

  beforeAll(async () => {
    databases = await Promise.all(NUMBERS.map(() => createMigratedDatabase()));
    sources = await Promise.all(
      databases.map(({ url }) =>
        new DataSource({ type: 'postgres', url, entities: [...authEntities] }).initialize(),
      ),
    );
  });
  afterAll(async () => {
    for (const source of sources ?? []) await source.destroy();
    for (const database of databases ?? []) await database.drop();
  });
  beforeEach(async () => {
    for (const each of [lost, hanging]) each.clear();
    for (const each of [failed, asked]) each.length = 0;
    for (const source of sources) await source.query('DELETE FROM refresh_tokens');
  });

  function storeWith(limits: SessionLimits): ShardedSessionStore {
    const stores = sources.map((source) => new PostgresSessionStore(source, limits));
    return new ShardedSessionStore(
      {
        numbers: NUMBERS,
        storeOf: (number) => {
          asked.push(number);
          if (lost.has(number) || !stores[number]) throw new UnavailableError();
          return hanging.has(number) ? hangingStore() : stores[number];
        },
        // One after the other.
        forNew: () => {
          turn++;
          return NUMBERS.map((number) => (number + turn) % NUMBERS.length);
        },
        answers: (number) => !lost.has(number),
        failed: (number) => void failed.push(number),
      },
      limits,
    );
  }

  function hangingStore() {
    const wait = async () => {
      await sleep(600);
      throw new UnavailableError();
    };
    return { create: wait, listLive: wait } as unknown as PostgresSessionStore;
  }

  describeSessionStore('ShardedSessionStore', async (limits) => ({
    store: storeWith(limits),
    choosesIds: true,
    advance: async (seconds) => {
      const older = TIMES.map((column) => `${column} = ${column} - make_interval(secs => ${seconds})`);
      for (const source of sources) await source.query(`UPDATE refresh_tokens SET ${older.join(', ')}`);
    },
  }));

  const begin = async (store: ShardedSessionStore, userId: string) => {
    const jti = randomUUID();
    const { id } = await store.create({ id: randomUUID(), userId, jti });
    return { sid: id, jti };
  };

  it('the id of a session says where it is', async () => {
    const store = storeWith({ ...LIMITS, maxPerUser: 0 });
    const sids: string[] = [];
    for (let i = 0; i < 6; i++) sids.push((await begin(store, 'ada')).sid);
    expect(new Set(sids.map(shardOf))).toEqual(new Set(NUMBERS));
    for (const [number, source] of sources.entries()) {
      const rows: { id: string }[] = await source.query('SELECT id FROM refresh_tokens ORDER BY id');
      expect(rows.map(({ id }) => id)).toEqual(sids.filter((sid) => shardOf(sid) === number).toSorted());
    }
  });

  it('ids of all numbers are UUIDs, random, and say their number', () => {
    for (const number of [0, 1, 9, 255, 4_096, 0xffff]) {
      const ids = Array.from({ length: 50 }, () => sessionIdOn(number));
      for (const id of ids) expect([id, shardOf(id)]).toEqual([id, number]);
      expect(ids.join('\n')).toMatch(
        /^(?:[\da-f]{8}-[\da-f]{4}-[48][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}\n?)+$/,
      );
      expect(new Set(ids).size).toBe(50);
    }
  });

  it('one database that does not answer takes its own sessions, and no others', async () => {
    const store = storeWith({ ...LIMITS, maxPerUser: 0 });
    const tokens = [];
    for (let i = 0; i < 6; i++) tokens.push(await begin(store, 'ada'));
    lost.add(1);
    for (const { sid, jti } of tokens) {
      const outcome = await store.rotate({ sid, jti, nextJti: randomUUID() }).then(
        (rotation) => rotation.outcome,
        (error: UnavailableError) => error.code,
      );
      expect(outcome).toBe(shardOf(sid) === 1 ? 'UNAVAILABLE' : 'rotated');
    }
    const listed = await store.listLive('ada');
    expect(listed.map(({ id }) => shardOf(id)).toSorted()).toEqual([0, 0, 2, 2]);
  });

  it('a session begins elsewhere if its database does not answer, and not at all if none does', async () => {
    const store = storeWith(LIMITS);
    lost.add(0).add(2);
    for (let i = 0; i < 3; i++) expect(shardOf((await begin(store, 'bob')).sid)).toBe(1);
    expect(new Set(failed)).toEqual(new Set([0, 2]));
    lost.add(1);
    await expect(begin(store, 'bob')).rejects.toBeInstanceOf(UnavailableError);
  });

  it('a session begins elsewhere if its database cannot keep it, such as one without its tables', async () => {
    const store = storeWith(LIMITS);
    await sources[1]!.query('ALTER TABLE refresh_tokens RENAME TO gone');
    try {
      for (let i = 0; i < 3; i++) expect(shardOf((await begin(store, 'bob')).sid)).not.toBe(1);
      expect(failed).toContain(1);
    } finally {
      await sources[1]!.query('ALTER TABLE gone RENAME TO refresh_tokens');
    }
  });

  it('of several databases that hang, a login waits for one', async () => {
    const store = storeWith(LIMITS);
    hanging.add(1).add(2);
    for (let i = 0; i < 3; i++) {
      asked.length = 0;
      expect(shardOf((await begin(store, 'bob')).sid)).toBe(0);
      expect(asked.filter((number) => hanging.has(number)).length).toBeLessThan(2);
    }
  });

  it('a list, and a limit, do not wait for a database that has not answered lately', async () => {
    const store = storeWith(LIMITS);
    const tokens = [];
    for (let i = 0; i < 3; i++) tokens.push(await begin(store, 'ada'));
    lost.add(1);
    asked.length = 0;
    expect(await store.listLive('ada')).toHaveLength(2);
    await store.endSurplus('ada', tokens[0]!.sid);
    expect(asked).not.toContain(1);
  });

  it('ending all sessions of a user fails if a database does not answer, after it has ended those in the others', async () => {
    const store = storeWith({ ...LIMITS, maxPerUser: 0 });
    const sids: string[] = [];
    for (let i = 0; i < 6; i++) sids.push((await begin(store, 'ada')).sid);
    lost.add(2);
    const failure = await store.revokeAll('ada', 'ended').catch((error: PartlyEndedError) => error);
    expect(failure).toBeInstanceOf(PartlyEndedError);
    expect(failure).toBeInstanceOf(UnavailableError);
    const there = sids.filter((sid) => shardOf(sid) !== 2);
    expect((failure as PartlyEndedError).ended.toSorted()).toEqual(there.toSorted());
    lost.clear();
    expect((await store.revokeAll('ada', 'ended')).toSorted()).toEqual(
      sids.filter((sid) => shardOf(sid) === 2).toSorted(),
    );
  });

  it('sessions of all users end in all databases, in steps, and without one that does not answer', async () => {
    const store = storeWith({ ...LIMITS, maxPerUser: 0 });
    const sids: string[] = [];
    for (let i = 0; i < 12; i++) sids.push((await begin(store, `user ${i}`)).sid);
    for (const source of sources)
      await source.query(
        `UPDATE refresh_tokens SET created_at = created_at - interval '1 minute', absolute_expires_at = absolute_expires_at - interval '1 minute'`,
      );
    lost.add(1);
    const ended: string[] = [];
    let isPartial = false;
    let after: string | undefined;
    for (let steps = 0; steps < 20; steps++) {
      const step = await store.revokeBefore(null, 'ended', { limit: 2, ...(after && { after }) });
      ended.push(...step.ended);
      isPartial ||= step.isPartial === true;
      if (step.next === null) break;
      after = step.next;
    }
    expect(ended.toSorted()).toEqual(sids.filter((sid) => shardOf(sid) !== 1).toSorted());
    expect(isPartial).toBe(true);
  });

  it('an id with the number of a shard that is not there belongs to nobody', async () => {
    expect(await storeWith(LIMITS).belongsTo('ada', sessionIdOn(77))).toBe(false);
  });

  it('the limit of sessions counts those in all databases', async () => {
    const store = storeWith(LIMITS);
    const begun: string[] = [];
    for (let i = 0; i < 8; i++) {
      const { sid } = await begin(store, 'ada');
      begun.push(sid);
      await store.endSurplus('ada', sid);
    }
    expect((await store.listLive('ada')).map(({ id }) => id)).toEqual(begun.slice(-3).toReversed());
    const refusing = storeWith({ ...LIMITS, whenFull: 'refuse' });
    const { sid } = await begin(refusing, 'ada');
    expect(await refusing.endSurplus('ada', sid)).toEqual([sid]);
  });
});
