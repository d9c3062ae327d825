import { randomUUID } from 'node:crypto';
import { DataSource, Entity } from 'typeorm';
import {
  authEntities,
  type SessionStore,
  TypeOrmUserStore,
  User,
  type UserStore,
} from '../../../src/index.js';
import { InMemorySessionStore, InMemoryUserStore } from '../../../src/testing/index.js';
import { PostgresSessionStore } from '../../../src/sessions/postgres-session.store.js';
import { type UserRotation, userRotationOf } from '../../../src/tokens/user-rotation.js';
import { createMigratedDatabase, type TestDatabase } from '../../support/postgres.js';
import { SESSION_LIMITS } from '../../support/session-limits.js';

const ROOM = 100;

interface Token {
  sid: string;
  jti: string;
  userId: string;
}

describe('rotations that read the user in the same statement', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let users: TypeOrmUserStore;
  let sessions: PostgresSessionStore;
  let rotation: UserRotation;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    dataSource = await open();
    users = new TypeOrmUserStore(dataSource);
    sessions = new PostgresSessionStore(dataSource, SESSION_LIMITS);
    rotation = userRotationOf(sessions, users)!;
  });
  afterAll(async () => {
    await dataSource?.destroy();
    await database?.drop();
  });

  const open = (entities: readonly (new () => object)[] = [...authEntities]) =>
    new DataSource({ type: 'postgres', url: database.url, entities: [...entities] }).initialize();

  async function tokenOf(roles: string[] = [], permissions: string[] = []): Promise<Token> {
    const email = `${randomUUID()}@example.com`;
    const { id: userId } = (await users.create({
      email,
      name: null,
      passwordHash: null,
      roles,
      permissions,
    }))!;
    const token = { sid: randomUUID(), jti: randomUUID(), userId };
    await sessions.create({ id: token.sid, userId, jti: token.jti });
    return token;
  }
  const rotate = (token: Token, room = ROOM) => rotation.rotate({ ...token, room, nextJti: randomUUID() });
  const isCurrent = ({ sid, jti }: Token) => sessions.isLive(sid, jti);

  it.each([1, 2, 40])('give each of %d sessions its own user', async (count) => {
    const tokens = await Promise.all(
      Array.from({ length: count }, (_, i) => tokenOf([`role ${i}`, 'a "quoted" one'], [`may\\${i}`])),
    );
    const rotated = await Promise.all(tokens.map((token) => rotate(token)));
    for (const [i, { sid, userId }] of tokens.entries())
      expect(rotated[i]).toMatchObject({
        id: sid,
        userId,
        roles: [`role ${i}`, 'a "quoted" one'],
        permissions: [`may\\${i}`],
      });
    expect(await Promise.all(tokens.map(isCurrent))).toEqual(tokens.map(() => false));
  });

  it('change nothing where the user is disabled, deleted, or somebody with more roles than there is room for', async () => {
    const [disabled, deleted, large, fine] = [
      await tokenOf(),
      await tokenOf(),
      await tokenOf(['r'.repeat(60)], ['p'.repeat(60)]),
      await tokenOf(['r'.repeat(40)], ['p'.repeat(40)]),
    ];
    await users.setDisabled(disabled.userId, true);
    await users.remove(deleted.userId);
    const nobodys = { ...(await tokenOf()), userId: randomUUID() };
    const refused = [disabled, deleted, large, nobodys];
    for (const all of [...refused.map((one) => [one]), refused])
      expect(await Promise.all(all.map((token) => rotate(token)))).toEqual(all.map(() => undefined));
    expect(await Promise.all(refused.map(isCurrent))).toEqual([true, true, true, true]);
    expect(await Promise.all([large, fine].map((token) => rotate(token, 200)))).toMatchObject([
      { id: large.sid },
      { id: fine.sid },
    ]);
  });

  it('give a token that is sent many times one successor', async () => {
    const token = await tokenOf();
    const all = await Promise.all(Array.from({ length: 20 }, () => rotate(token)));
    expect(all.filter(Boolean)).toHaveLength(1);
  });

  it('change nothing when the user is disabled and the sessions end while they wait for the row', async () => {
    const token = await tokenOf();
    const runner = dataSource.createQueryRunner();
    try {
      await runner.startTransaction();
      await runner.query('UPDATE refresh_tokens SET revoked_at = now() WHERE id = $1', [token.sid]);
      const waiting = Promise.all([rotate(token), rotate(token)]);
      await runner.query('UPDATE users SET disabled_at = now() WHERE id = $1', [token.userId]);
      await runner.commitTransaction();
      expect(await waiting).toEqual([undefined, undefined]);
    } finally {
      await runner.release();
    }
  });

  it('are not to be had for stores of a host, users elsewhere, or refreshes that replace nothing', async () => {
    class OwnUsers extends TypeOrmUserStore {}
    class OwnSessions extends PostgresSessionStore {}
    class Customer extends User {}
    Entity('users')(Customer);
    const elsewhere = await open();
    const customers = await open(authEntities({ users: Customer }));
    const pairs: [SessionStore, UserStore][] = [
      [sessions, new OwnUsers(dataSource)],
      [new OwnSessions(dataSource, SESSION_LIMITS), users],
      [sessions, new TypeOrmUserStore(elsewhere)],
      [new PostgresSessionStore(customers, SESSION_LIMITS), new TypeOrmUserStore(customers, Customer)],
      [new PostgresSessionStore(dataSource, { ...SESSION_LIMITS, rotation: false }), users],
      [new InMemorySessionStore(SESSION_LIMITS), users],
      [sessions, new InMemoryUserStore()],
    ];
    expect(pairs.map((pair) => userRotationOf(...pair))).toEqual(pairs.map(() => undefined));
    for (const source of [elsewhere, customers]) await source.destroy();
  });
});
