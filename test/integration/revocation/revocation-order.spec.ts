import type { DataSource } from 'typeorm';
import { ExpiredSessions } from '../../../src/sessions/expired-sessions.js';
import { addSessionRows, nextLook, RevocationInstances, tokenOf } from '../../support/revocations.js';
import { until } from '../../support/until.js';

describe('what ends in the database', () => {
  let instances: RevocationInstances;
  beforeAll(async () => {
    instances = await RevocationInstances.create();
  });
  afterEach(() => instances.stopAll());
  afterAll(() => instances.drop());

  const allRevoked = (list: { isRevoked(token: object): unknown }, ids: string[]) =>
    ids.every((id) => list.isRevoked(tokenOf(id)) === true);

  /** Truncates early in a second, between the beginnings of sessions. */
  async function aroundTruncation(source: DataSource, statement: string) {
    await until(() => Date.now() % 1_000 < 200);
    const second = Math.floor(Date.now() / 1_000);
    const old = await addSessionRows(source, 2);
    await source.query(statement);
    const [fresh] = await addSessionRows(source, 1);
    return { old, fresh: fresh!, second, sameSecond: Math.floor(Date.now() / 1_000) === second };
  }

  it('is known after its commit, however many looks and other commits there were since it began', async () => {
    const [one, two] = [await instances.start(), await instances.start()];
    const [late] = await addSessionRows(one.source, 1);
    const [rolledBack] = await addSessionRows(one.source, 1);
    const [runner, other] = [one.source.createQueryRunner(), one.source.createQueryRunner()];
    await runner.startTransaction();
    await runner.query(`UPDATE refresh_tokens SET revoked_at = now() - interval '1 hour' WHERE id = $1`, [
      late,
    ]);
    await other.startTransaction();
    await other.query('UPDATE refresh_tokens SET revoked_at = now() WHERE id = $1', [rolledBack]);
    for (let look = 0; look < 3; look++) {
      await one.list.revoke([{ kind: 'session', id: `in between ${look}` }], 60);
      await nextLook(two.list);
    }
    await other.rollbackTransaction();
    await nextLook(two.list);
    expect(two.list.isRevoked(tokenOf(late!))).toBe(false);

    await runner.commitTransaction();
    await Promise.all([nextLook(one.list), nextLook(two.list)]);
    expect([one.list, two.list].map((list) => list.isRevoked(tokenOf(late!)))).toEqual([true, true]);
    expect(two.list.isRevoked(tokenOf(rolledBack!))).toBe(false);
    await Promise.all([runner.release(), other.release()]);
  });

  it('is known at the next look if somebody ended it by hand, more than fit on a page', async () => {
    const { list, source } = await instances.start();
    const ids = await addSessionRows(source, 12_000);
    await source.query('UPDATE refresh_tokens SET revoked_at = now() WHERE id = ANY($1)', [ids]);
    await nextLook(list);
    expect(allRevoked(list, ids)).toBe(true);
    expect(allRevoked((await instances.start()).list, ids)).toBe(true);
  });

  it('is known at the next look if somebody deleted the rows or brought rows that had ended', async () => {
    const { list, source } = await instances.start();
    const deleted = await addSessionRows(source, 3);
    const brought = await addSessionRows(source, 3, { revoked_at: new Date() });
    await source.query('DELETE FROM refresh_tokens WHERE id = ANY($1)', [deleted]);
    await nextLook(list);
    expect(allRevoked(list, [...deleted, ...brought])).toBe(true);
  });

  it('is known at the next look if somebody emptied the table, and later sessions live', async () => {
    const { list, source } = await instances.start();
    const now = Math.floor(Date.now() / 1_000);
    await source.query('TRUNCATE refresh_tokens');
    await nextLook(list);
    const token = { sid: 'x', jti: 'x', sub: 'x' };
    expect(list.isRevoked({ ...token, iat: now - 1 })).toBe(true);
    expect(list.isRevoked({ ...token, iat: now - 1, auth_time: now - 1 })).toBe(true);
    expect(list.isRevoked({ ...token, iat: now + 2, auth_time: now - 1 })).toBe(true);
    expect(list.isRevoked({ ...token, iat: now + 2, auth_time: now + 2 })).toBe(false);
    await source.query(`DELETE FROM revocations WHERE kind = 'all'`);
  });

  it.each(['TRUNCATE refresh_tokens', 'TRUNCATE revocations, refresh_tokens'])(
    '%s ends sessions that had just begun, and a login of the same second lives',
    async (statement) => {
      const [one, two] = [await instances.start(), await instances.start()];
      for (let round = 0; round < 3; round++) {
        const { old, fresh, second, sameSecond } = await aroundTruncation(one.source, statement);
        await Promise.all([nextLook(one.list), nextLook(two.list)]);
        const later = await instances.start();
        const token = (sid: string) => ({ sid, jti: 'x', sub: 'x', iat: second, auth_time: second });
        for (const { list } of [one, two, later]) {
          expect(old.map((sid) => list.isRevoked(token(sid)))).toEqual([true, true]);
          expect(list.isRevoked(token(fresh))).toBe(false);
        }
        expect(sameSecond).toBe(true);
        await one.source.query(`DELETE FROM revocations WHERE kind = 'all'`);
      }
    },
  );

  it('a truncation whose snapshot cannot show what had just begun ends the whole second', async () => {
    const { list, source } = await instances.start();
    const runner = source.createQueryRunner();
    await runner.startTransaction('REPEATABLE READ');
    await runner.query('SELECT count(*) FROM revocations');
    const [unseen] = await addSessionRows(source, 1);
    const auth_time = Math.floor(Date.now() / 1_000);
    await runner.query('TRUNCATE refresh_tokens');
    await runner.commitTransaction();
    await runner.release();
    await nextLook(list);
    expect(list.isRevoked({ sid: unseen!, jti: 'x', sub: 'x', iat: auth_time, auth_time })).toBe(true);
    await source.query(`DELETE FROM revocations WHERE kind = 'all'`);
  });

  it('is not written down a second time by the cleanup, or by an end that was known', async () => {
    const { list, source } = await instances.start();
    const past = new Date(Date.now() - 1_000);
    await addSessionRows(source, 10, { absolute_expires_at: past });
    const [ended] = await addSessionRows(source, 1);
    await source.query('UPDATE refresh_tokens SET revoked_at = now() WHERE id = $1', [ended]);
    const rows = () => source.query(`SELECT id, ctid, xmin FROM revocations ORDER BY id`);
    const before = await rows();
    expect(await new ExpiredSessions(source).deleteExpired(1_000)).toBe(10);
    await source.query('UPDATE refresh_tokens SET revoked_at = now() WHERE id = $1', [ended]);
    await list.revoke([{ kind: 'session', id: ended! }], 60);
    await source.query('DELETE FROM refresh_tokens WHERE id = $1', [ended]);
    expect(await rows()).toEqual(before);
  });

  it('is announced by one notification if it is much, and read at once', async () => {
    const [one, two] = [await instances.start(), await instances.start()];
    await nextLook(two.list);
    const many = Array.from({ length: 1_000 }, (_, i) => ({ kind: 'session' as const, id: `many ${i}` }));
    await one.list.revoke(many, 60);
    await until(() => many.every(({ id }) => two.list.isRevoked(tokenOf(id))));
    expect(two.list.isRevoked(tokenOf('none of them'))).toBe(false);
  });

  it('is read again from the beginning if transaction ids may mean something else', async () => {
    const { list, source } = await instances.start();
    await nextLook(list);
    await source.query('ALTER TABLE revocations DISABLE TRIGGER latchkey_stamp');
    const add = (id: string, xid: string) =>
      source.query(
        `INSERT INTO revocations VALUES ('session', $1, now(), now() + interval '1 hour', now(), $2)`,
        [id, xid],
      );
    await add('of a lower id', '3');
    await add('of a higher id', '900000000000');
    await nextLook(list);
    // A restored backup brings both along; neither is in the order of this server.
    expect(list.isRevoked(tokenOf('of a lower id'))).toBe(false);
    expect(list.isRevoked(tokenOf('of a higher id'))).toBe(false);
    await source.query('VACUUM FULL revocations');
    await nextLook(list);
    expect(list.isRevoked(tokenOf('of a lower id'))).toBe(true);
    expect(list.isRevoked(tokenOf('of a higher id'))).toBe(true);
    await source.query('ALTER TABLE revocations ENABLE ALWAYS TRIGGER latchkey_stamp');
  });

  it('expires with the last access token, although the triggers do not know when that is', async () => {
    const { list, source } = await instances.start();
    const [ended] = await addSessionRows(source, 1);
    await source.query('UPDATE refresh_tokens SET revoked_at = now() WHERE id = $1', [ended]);
    await source.query(`UPDATE revocations SET since = now() - interval '1 day' WHERE id = $1`, [ended]);
    expect((await instances.start()).list.isRevoked(tokenOf(ended!))).toBe(false);
    await nextLook(list);
    const { store } = list as unknown as {
      store: { countExpired(): Promise<number>; deleteExpired(n: number): Promise<number> };
    };
    expect(await store.countExpired()).toBe(1);
    expect(await store.deleteExpired(10)).toBe(1);
  });
});
