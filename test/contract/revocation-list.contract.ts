import { randomUUID } from 'node:crypto';
import type { RevocableToken, RevocationList } from '../../src/index.js';
import { failuresOfAll } from './revocation-of-all.js';
import { until } from '../support/until.js';

export interface RevocationListUnderTest {
  list: RevocationList;
  /** Another instance on the same store, or the same list if it lives in one process. */
  other: RevocationList;
  /** The current time, as the next `iat` would have it. */
  now(): Promise<number>;
  /** Removes the revocation of all from a store that tests share. */
  forgetAll?(): Promise<unknown>;
}

/** What every `RevocationList` must do. `setUp` is called for each test. */
export function describeRevocationList(name: string, setUp: () => Promise<RevocationListUnderTest>): void {
  describe(`${name} fulfills the contract of a revocation list:`, () => {
    let { list, other, now, forgetAll } = {} as RevocationListUnderTest;
    const token = (claims: Partial<RevocableToken> = {}): RevocableToken => ({
      jti: randomUUID(),
      sid: randomUUID(),
      sub: randomUUID(),
      iat: 0,
      ...claims,
    });

    beforeEach(async () => {
      ({ list, other, now, forgetAll } = await setUp());
    });
    afterEach(() => forgetAll?.());

    it('a revoked session, token or user is revoked here immediately, and soon everywhere', async () => {
      for (const [kind, claim] of [
        ['session', 'sid'],
        ['token', 'jti'],
        ['user', 'sub'],
      ] as const) {
        const revoked = token();
        await list.revoke([{ kind, id: revoked[claim] }], 60);
        expect(await list.isRevoked(revoked)).toBe(true);
        await until(() => other.isRevoked(revoked));
      }
    });

    it('watchers hear of each revocation here immediately, and soon everywhere, until they stop', async () => {
      const [here, there]: Set<string>[] = [new Set(), new Set()];
      const stop = list.watch!(({ kind, id }) => here!.add(`${kind} ${id}`));
      other.watch!(({ kind, id }) => there!.add(`${kind} ${id}`));
      const [first, second] = [randomUUID(), randomUUID()];
      await list.revoke([{ kind: 'session', id: first }], 60);
      expect(here).toContain(`session ${first}`);
      stop();
      await list.revoke([{ kind: 'user', id: second }], 60);
      expect(here).not.toContain(`user ${second}`);
      await until(() => [`session ${first}`, `user ${second}`].every((entry) => there!.has(entry)));
    });

    it('the kinds of ids do not get mixed up', async () => {
      const id = randomUUID();
      await list.revoke([{ kind: 'session', id }], 60);
      expect(await list.isRevoked(token({ jti: id, sub: id }))).toBe(false);
      expect(await list.isRevoked(token({ sid: id }))).toBe(true);
    });

    it('revoking a user spares the tokens issued afterwards', async () => {
      const sub = randomUUID();
      const before = await now();
      await list.revoke([{ kind: 'user', id: sub }], 60);
      expect(await list.isRevoked(token({ sub, iat: before }))).toBe(true);
      expect(await list.isRevoked(token({ sub, iat: before + 2 }))).toBe(false);
    });

    it('revoking all ends what began before its latest time, here immediately and soon everywhere', async () => {
      const heard: string[] = [];
      list.watch!(({ kind, id }) => heard.push(`${kind} ${id}`));
      expect(await failuresOfAll(list, other, now)).toEqual([]);
      expect(heard).toContain('all *');
    });

    it('revoking all without a time revokes what has begun until now', async () => {
      const began = await now();
      await list.revoke([{ kind: 'all', id: '*' }], 60);
      expect(await list.isRevoked(token({ iat: began, auth_time: began }))).toBe(true);
      await until(() => other.isRevoked(token({ iat: began, auth_time: began })));
      expect(await list.isRevoked(token({ iat: began + 2, auth_time: began + 2 }))).toBe(false);
    });

    it('revoking many together, one twice, or none at all works', async () => {
      const tokens = Array.from({ length: 500 }, () => token());
      await list.revoke(
        [...tokens, tokens[0]!].map(({ sid }) => ({ kind: 'session' as const, id: sid })),
        60,
      );
      await list.revoke([{ kind: 'session', id: tokens[0]!.sid }], 120);
      await list.revoke([], 60);
      for (const each of tokens) await until(() => other.isRevoked(each));
      expect(await list.isRevoked(token())).toBe(false);
    });

    it.each(["'; DROP TABLE users; --", 'a b c', '%', '*', '\\', 'é', 'x'.repeat(255)])(
      'an id may be any text: %j',
      async (id) => {
        await list.revoke([{ kind: 'user', id }], 60);
        expect(await list.isRevoked(token({ sub: id }))).toBe(true);
        await until(() => other.isRevoked(token({ sub: id })));
        expect(await list.isRevoked(token())).toBe(false);
      },
    );
  });
}
