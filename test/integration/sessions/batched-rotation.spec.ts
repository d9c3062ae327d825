import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { DataSource } from 'typeorm';
import { authEntities, UnavailableError } from '../../../src/index.js';
import { PostgresSessionStore } from '../../../src/sessions/postgres-session.store.js';
import type { RotationOutcome } from '../../../src/sessions/session-types.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';

const MANY = 120;

interface Token {
  sid: string;
  jti: string;
}

describe('rotations of one turn of the event loop, in PostgreSQL', () => {
  let database: TestDatabase;
  let instances: DataSource[];
  let store: PostgresSessionStore;
  let other: PostgresSessionStore;
  let client: Client;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    const open = () =>
      new DataSource({ type: 'postgres', url: database.url, entities: [...authEntities] }).initialize();
    instances = [await open(), await open()];
    [store, other] = instances.map((each) => new PostgresSessionStore(each, SESSION_LIMITS)) as [
      never,
      never,
    ];
    client = new Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client?.end();
    for (const each of instances ?? []) await each.destroy();
    await database?.drop();
  });

  async function sessions(count: number): Promise<Token[]> {
    const tokens = Array.from({ length: count }, () => ({ sid: randomUUID(), jti: randomUUID() as string }));
    for (const { sid, jti } of tokens) await store.create({ id: sid, userId: 'ada', jti });
    return tokens;
  }
  const rotate = (token: Token, by = store) => by.rotate({ ...token, nextJti: randomUUID() });
  const outcomes = (all: RotationOutcome[]) => all.map(({ outcome }) => outcome);
  const currentOf = async ({ sid }: Token) =>
    (await client.query('SELECT current_jti FROM refresh_tokens WHERE id = $1', [sid])).rows[0].current_jti;

  it('give everybody the own session, however many there are', async () => {
    const tokens = await sessions(MANY);
    const rotated = await Promise.all(tokens.map((token) => rotate(token)));
    for (const [i, token] of tokens.entries())
      expect(rotated[i]).toMatchObject({
        outcome: 'rotated',
        session: { id: token.sid, userId: 'ada', currentJti: await currentOf(token) },
      });
  });

  it('give one token that is sent many times one successor (I5)', async () => {
    const tokens = await sessions(3);
    const answers = await Promise.all(
      tokens.flatMap((token) => [store, other, store, other].map((by) => rotate(token, by))),
    );
    for (const [i, token] of tokens.entries()) {
      const own = answers.slice(4 * i, 4 * i + 4);
      expect(outcomes(own).toSorted()).toEqual(['replayed', 'replayed', 'replayed', 'rotated']);
      const successors = own.map((each) => 'session' in each && each.session.currentJti);
      expect(new Set(successors)).toEqual(new Set([await currentOf(token)]));
    }
  });

  it('tell apart what is current, replaced long ago, ended, expired and unknown', async () => {
    const [good, reused, ended, expired] = (await sessions(4)) as [Token, Token, Token, Token];
    for (let i = 0; i < 2; i++) {
      const next = await rotate(i === 0 ? reused : { ...reused, jti: await currentOf(reused) });
      expect(next.outcome).toBe('rotated');
    }
    await store.revoke(ended.sid, 'logout');
    await client.query('UPDATE refresh_tokens SET expires_at = now() WHERE id = $1', [expired.sid]);
    const unknown = { sid: randomUUID(), jti: randomUUID() };
    const all = await Promise.all([reused, good, ended, expired, unknown].map((token) => rotate(token)));
    expect(outcomes(all)).toEqual(['reused', 'rotated', 'revoked', 'expired', 'unknown']);
  });

  it('do not wait for a session that somebody holds, and do it when it is let go', async () => {
    const [held, ...free] = (await sessions(5)) as [Token, ...Token[]];
    await client.query('BEGIN');
    await client.query('SELECT FROM refresh_tokens WHERE id = $1 FOR UPDATE', [held.sid]);
    const late = rotate(held);
    const all = await Promise.all(free.map((token) => rotate(token)));
    expect(outcomes(all)).toEqual(Array(4).fill('rotated'));
    await client.query('COMMIT');
    expect((await late).outcome).toBe('rotated');
  });

  it('do not fail with a session whose row fails', async () => {
    const [bad, ...good] = (await sessions(5)) as [Token, ...Token[]];
    for (const code of ['P0001', '40001', '23514']) {
      await client.query(`
        CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
          $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '${code}'; END $$;
        CREATE TRIGGER refuse BEFORE UPDATE ON refresh_tokens FOR EACH ROW
          WHEN (OLD.id = '${bad.sid}') EXECUTE FUNCTION refuse()`);
      try {
        const [failed, ...others] = await Promise.allSettled([bad, ...good].map((token) => rotate(token)));
        expect(failed).toMatchObject({ status: 'rejected' });
        for (const [i, each] of others.entries()) {
          expect(each).toMatchObject({ status: 'fulfilled', value: { outcome: 'rotated' } });
          good[i]!.jti = await currentOf(good[i]!);
        }
      } finally {
        await client.query('DROP TRIGGER refuse ON refresh_tokens');
      }
    }
    expect((await rotate(bad)).outcome).toBe('rotated');
  });

  it('do not wait for each other in a circle, on two instances with the same sessions in opposite order', async () => {
    let tokens = await sessions(30);
    for (let round = 0; round < 20; round++) {
      const [ours, theirs] = await Promise.all([
        Promise.all(tokens.map((token) => rotate(token))),
        Promise.all(tokens.toReversed().map((token) => rotate(token, other))),
      ]);
      for (const [i, each] of ours.entries())
        expect([each.outcome, theirs.at(-1 - i)!.outcome].toSorted()).toEqual(['replayed', 'rotated']);
      tokens = ours.map((each) => {
        if (!('session' in each)) throw new Error(each.outcome);
        return { sid: each.session.id, jti: each.session.currentJti };
      });
    }
  });

  it('are all unavailable together with the database, and change nothing twice', async () => {
    const tokens = await sessions(4);
    const closed = await new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
    }).initialize();
    const gone = new PostgresSessionStore(closed, SESSION_LIMITS);
    await closed.destroy();
    for (const each of await Promise.allSettled(tokens.map((token) => rotate(token, gone))))
      expect(each).toMatchObject({ status: 'rejected', reason: expect.any(UnavailableError) });
    expect(outcomes(await Promise.all(tokens.map((token) => rotate(token))))).toEqual(
      Array(4).fill('rotated'),
    );
  });
});
