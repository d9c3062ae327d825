import { randomUUID } from 'node:crypto';
import type { SessionLimits } from '../../src/sessions/session-types.js';
import { SESSION_LIMITS } from '../support/session-limits.js';
import type { SessionStoreUnderTest } from './session-store.contract.js';

/** What every `SessionStore` must do about the number of sessions of a user. `setUp` is called for each test. */
export function describeSessionLimit(
  name: string,
  setUp: (limits: SessionLimits) => Promise<SessionStoreUnderTest>,
): void {
  describe(`${name} limits the sessions of a user:`, () => {
    const open = async (limits: Partial<SessionLimits>) => {
      const { store, advance } = await setUp({ ...SESSION_LIMITS, ...limits });
      const begin = async (userId: string) => {
        const { id } = await store.create({ id: randomUUID(), jti: randomUUID(), userId });
        return id;
      };
      return { store, advance, begin };
    };

    test.each(['evict', 'refuse'] as const)('those that are over do not count (%s)', async (whenFull) => {
      const { store, advance, begin } = await open({ maxPerUser: 2, whenFull });
      const userId = randomUUID();
      await begin(userId);
      await advance(SESSION_LIMITS.idleTtl + 1);
      await store.revoke(await begin(userId), 'logout');
      const kept = await begin(userId);
      await begin(randomUUID());
      await advance(1);
      const newest = await begin(userId);
      expect(await store.endSurplus(userId, newest)).toEqual([]);
      expect((await store.listLive(userId)).map(({ id }) => id)).toEqual([newest, kept]);
    });

    test.each(['evict', 'refuse'] as const)('not at all, if there is no limit (%s)', async (whenFull) => {
      const { store, begin } = await open({ maxPerUser: 0, whenFull });
      const userId = randomUUID();
      for (let i = 0; i < 3; i++) expect(await store.endSurplus(userId, await begin(userId))).toEqual([]);
      expect(await store.listLive(userId)).toHaveLength(3);
    });

    test('the newest stays, even if all others were used after it', async () => {
      const { store, advance, begin } = await open({ maxPerUser: 1 });
      const userId = randomUUID();
      const newest = await begin(userId);
      await advance(1);
      const others = [await begin(userId), await begin(userId)];
      expect((await store.endSurplus(userId, newest)).toSorted()).toEqual(others.toSorted());
      expect((await store.listLive(userId)).map(({ id }) => id)).toEqual([newest]);
    });
  });
}
