import { randomUUID } from 'node:crypto';
import { authenticationOf } from '../../src/sessions/authentication.js';
import type { RotationOutcome, Session, SessionLimits } from '../../src/sessions/session-types.js';
import type { SessionStore } from '../../src/sessions/session-store.js';

export interface SessionStoreUnderTest {
  store: SessionStore;
  /** Advances the store's clock. */
  advance(seconds: number): Promise<void>;
  /** Whether the store gives a session another id than the one it is asked for. */
  choosesIds?: boolean;
}

const LIMITS: SessionLimits = {
  idleTtl: 1_000,
  absoluteTtl: 2_500,
  leeway: 10,
  rotation: true,
  maxPerUser: 3,
  whenFull: 'evict',
};

/** What every `SessionStore` must do. `setUp` is called for each test. */
export function describeSessionStore(
  name: string,
  setUp: (limits: SessionLimits) => Promise<SessionStoreUnderTest>,
): void {
  describe(`${name} fulfills the contract of a session store:`, () => {
    let store: SessionStore;
    let advance: SessionStoreUnderTest['advance'];
    let choosesIds: SessionStoreUnderTest['choosesIds'];

    beforeEach(async () => {
      ({ store, advance, choosesIds } = await setUp(LIMITS));
    });

    const begin = async (userId: string = randomUUID()) => {
      const wanted = { id: randomUUID(), jti: randomUUID(), userId };
      const { id } = await store.create({ ...wanted, ip: '192.0.2.7', userAgent: 'a browser' });
      return { ...wanted, id, sid: id };
    };
    const present = (sid: string, jti: string, nextJti: string = randomUUID()) =>
      store.rotate({ sid, jti, nextJti });

    test('a new session is live, belongs to its user and is listed', async () => {
      const { sid, jti, userId } = await begin();
      await begin();

      expect(await store.isLive(sid)).toBe(true);
      expect(await store.isLive(sid, jti)).toBe(true);
      expect(await store.isLive(sid, randomUUID())).toBe(false);
      expect(await store.belongsTo(userId, sid)).toBe(true);
      expect(await store.belongsTo(randomUUID(), sid)).toBe(false);
      expect(await store.listLive(userId)).toEqual([
        {
          id: sid,
          createdAt: expect.any(Date),
          lastUsedAt: expect.any(Date),
          expiresAt: expect.any(Date),
          ip: '192.0.2.7',
          userAgent: 'a browser',
        },
      ]);
    });

    test('it returns a session with its ids and times', async () => {
      const ids = { id: randomUUID(), jti: randomUUID(), userId: 'auth0|42' };
      const session = await store.create(ids);

      const id = choosesIds ? expect.stringMatching(/^[\da-f-]{36}$/) : ids.id;
      expect(session).toMatchObject({ id, currentJti: ids.jti, userId: 'auth0|42' });
      const since = (time: Date) => Math.round((time.getTime() - session.createdAt.getTime()) / 1_000);
      expect(since(session.rotatedAt)).toBe(0);
      expect(since(session.now)).toBe(0);
      expect(since(session.expiresAt)).toBe(LIMITS.idleTtl);
      expect(since(session.absoluteExpiresAt)).toBe(LIMITS.absoluteTtl);
    });

    test('an unknown session is unknown everywhere', async () => {
      const sid = randomUUID();
      expect(await present(sid, randomUUID())).toEqual({ outcome: 'unknown' });
      expect(await store.isLive(sid)).toBe(false);
      expect(await store.revoke(sid, 'ended')).toBeNull();
      expect(await store.listLive(randomUUID())).toEqual([]);
      expect(await store.revokeAll(randomUUID(), 'ended')).toEqual([]);
    });

    test('the current token rotates the session to the next one', async () => {
      const { sid, jti } = await begin();
      const next = randomUUID();
      const rotation = await present(sid, jti, next);

      expect(rotation).toMatchObject({ outcome: 'rotated', session: { id: sid, currentJti: next } });
      expect(await store.isLive(sid, next)).toBe(true);
      expect(await store.isLive(sid, jti)).toBe(false);
      expect(await present(sid, next)).toMatchObject({ outcome: 'rotated' });
    });

    test('its predecessor gets the same successor again, within the leeway', async () => {
      const { sid, jti } = await begin();
      const next = randomUUID();
      await present(sid, jti, next);
      await advance(LIMITS.leeway - 2);

      const replayed = await present(sid, jti);
      expect(replayed).toMatchObject({ outcome: 'replayed', session: { currentJti: next } });
      // The window does not slide with it.
      await advance(3);
      expect(await present(sid, jti)).toEqual({ outcome: 'reused' });
    });

    test('reuse by itself changes nothing', async () => {
      const { sid, jti } = await begin();
      const next = randomUUID();
      await present(sid, jti, next);
      await advance(LIMITS.leeway + 1);

      expect(await present(sid, jti)).toEqual({ outcome: 'reused' });
      expect(await present(sid, next)).toMatchObject({ outcome: 'rotated' });
    });

    test('the predecessor of a used token is always reuse, and so is a token that was never issued', async () => {
      const { sid, jti } = await begin();
      const next = randomUUID();
      await present(sid, jti, next);
      await present(sid, next);

      expect(await present(sid, jti)).toEqual({ outcome: 'reused' });
      expect(await present(sid, randomUUID())).toEqual({ outcome: 'reused' });
    });

    test('the standing of a token is what a rotation would find, and asking for it changes nothing', async () => {
      const { sid, jti } = await begin();
      const [next, last] = [randomUUID(), randomUUID()];
      const standings = async (...jtis: string[]) => {
        const found = await Promise.all(jtis.map((each) => store.standingOf!(sid, each)));
        expect(await Promise.all(jtis.map((each) => store.standingOf!(sid, each)))).toEqual(found);
        return found;
      };
      expect(await standings(jti, next)).toEqual(['current', 'reused']);
      await present(sid, jti, next);
      await advance(LIMITS.leeway - 2);
      expect(await standings(jti, next)).toEqual(['replayed', 'current']);
      await advance(3);
      expect(await standings(jti, next)).toEqual(['reused', 'current']);
      await present(sid, next, last);
      expect(await standings(jti, next, last)).toEqual(['reused', 'replayed', 'current']);
      await advance(LIMITS.idleTtl + 1);
      expect(await standings(jti, last)).toEqual(['expired', 'expired']);
      await store.revoke(sid, 'logout');
      expect(await standings(last)).toEqual(['revoked']);
      expect(await store.standingOf!(randomUUID(), last)).toBe('unknown');
    });

    test('exactly one of several parallel presentations rotates the session', () => onlyOneRotates(store));

    test('a session ends when it is idle for too long, and each rotation extends it', async () => {
      const { sid, jti, userId } = await begin();
      const next = randomUUID();
      await advance(LIMITS.idleTtl - 5);
      await present(sid, jti, next);
      await advance(LIMITS.idleTtl - 5);
      expect(await store.isLive(sid)).toBe(true);
      await advance(10);

      expect(await present(sid, next)).toEqual({ outcome: 'expired' });
      expect(await store.isLive(sid)).toBe(false);
      expect(await store.listLive(userId)).toEqual([]);
      expect(await store.belongsTo(userId, sid)).toBe(true);
    });

    test('a session ends at its absolute limit, however often it is refreshed', async () => {
      const { sid, jti } = await begin();
      let current = jti;
      for (let used = 0; used < 2; used++) {
        await advance(900);
        const next = randomUUID();
        const rotation = await present(sid, current, next);
        if (!('session' in rotation)) throw new Error(rotation.outcome);
        expect(rotation.session.expiresAt <= rotation.session.absoluteExpiresAt).toBe(true);
        current = next;
      }
      await advance(705);
      expect(await present(sid, current)).toEqual({ outcome: 'expired' });
    });

    test('a revoked session stays revoked, and only one call revokes it', async () => {
      const { sid, jti, userId } = await begin();
      const ended = await Promise.all(Array.from({ length: 10 }, () => store.revoke(sid, 'logout')));

      expect(ended.filter(Boolean)).toHaveLength(1);
      expect(await present(sid, jti)).toEqual({ outcome: 'revoked' });
      expect(await store.isLive(sid)).toBe(false);
      expect(await store.listLive(userId)).toEqual([]);
      expect(await store.revoke(sid, 'ended')).toBeNull();
    });

    test('all live sessions of a user are revoked except one, and those of other users are kept', async () => {
      const userId = randomUUID();
      const [first, second, third] = [await begin(userId), await begin(userId), await begin(userId)];
      const other = await begin();
      await store.revoke(first.sid, 'logout');

      expect(await store.revokeAll(userId, 'logout-all', third.sid)).toEqual([second.sid]);
      expect((await store.listLive(userId)).map(({ id }) => id)).toEqual([third.sid]);
      expect(await store.isLive(other.sid)).toBe(true);
      expect(await store.revokeAll(userId, 'logout-all')).toEqual([third.sid]);
    });

    test('sessions are listed with the most recently used first', async () => {
      const userId = randomUUID();
      const first = await begin(userId);
      await advance(1);
      const second = await begin(userId);
      await advance(1);
      expect((await store.listLive(userId)).map(({ id }) => id)).toEqual([second.sid, first.sid]);
      await present(first.sid, first.jti);
      expect((await store.listLive(userId)).map(({ id }) => id)).toEqual([first.sid, second.sid]);
    });

    test('a session beyond the limit ends the least recently used one', async () => {
      const userId = randomUUID();
      const sids: string[] = [];
      for (let i = 0; i < 3; i++) {
        const { sid } = await begin(userId);
        sids.push(sid);
        expect(await store.endSurplus(userId, sid)).toEqual([]);
        await advance(1);
      }
      const fourth = await begin(userId);
      expect(await store.endSurplus(userId, fourth.sid)).toEqual([sids[0]]);
      expect((await store.listLive(userId)).map(({ id }) => id)).toEqual([fourth.sid, sids[2], sids[1]]);
      expect(await store.endSurplus(randomUUID(), randomUUID())).toEqual([]);
    });

    test('or is itself refused, if that is configured', async () => {
      ({ store, advance } = await setUp({ ...LIMITS, whenFull: 'refuse' }));
      const userId = randomUUID();
      for (let i = 0; i < 3; i++)
        expect(await store.endSurplus(userId, (await begin(userId)).sid)).toEqual([]);
      const fourth = await begin(userId);
      expect(await store.endSurplus(userId, fourth.sid)).toEqual([fourth.sid]);
      expect(await store.isLive(fourth.sid)).toBe(false);
    });

    test('with rotation off, the token stays current until the session ends', async () => {
      ({ store, advance } = await setUp({ ...LIMITS, rotation: false }));
      const { sid, jti } = await begin();

      for (let used = 0; used < 3; used++) {
        await advance(300);
        expect(await present(sid, jti)).toMatchObject({ outcome: 'rotated', session: { currentJti: jti } });
      }
      await advance(101);
      expect(await present(sid, jti)).toEqual({ outcome: 'expired' });
    });

    const AUTHENTICATION = { acr: 'mfa', amr: ['pwd', 'otp'] } as const;
    const authentication = (session: Session | null) => {
      const { acr, amr, authTime } = authenticationOf(session!);
      const age = Math.round((session!.now.getTime() - authTime.getTime()) / 1_000);
      return { acr, amr, age };
    };
    const sessionOf = (rotation: RotationOutcome) => ('session' in rotation ? rotation.session : null);

    test('a session is one by password, at its start, unless it is created with something else', async () => {
      const ids = () => ({ id: randomUUID(), jti: randomUUID(), userId: 'ada' });
      const plain = await store.create(ids());
      expect(authentication(plain)).toEqual({ acr: 'pwd', amr: ['pwd'], age: 0 });
      const other = await store.create({ ...ids(), authentication: AUTHENTICATION });
      expect(authentication(other)).toEqual({ ...AUTHENTICATION, age: 0 });
      const at = new Date(plain.now.getTime() - 600_000);
      const older = await store.create({ ...ids(), authentication: { ...AUTHENTICATION, at } });
      expect(authentication(older)).toEqual({ ...AUTHENTICATION, age: 600 });
    });

    test('rotations and replays keep how and when the user has authenticated', async () => {
      const { sid, jti, userId } = await begin();
      await store.reauthenticate!(sid, userId, AUTHENTICATION);
      let current = jti;
      for (let times = 1; times <= 5; times++) {
        await advance(2);
        const next = randomUUID();
        const rotated = sessionOf(await present(sid, current, next));
        const { age, ...how } = authentication(rotated);
        expect(how).toEqual(AUTHENTICATION);
        expect(age).toBeGreaterThanOrEqual(2 * times);
        expect(authentication(sessionOf(await present(sid, current)))).toMatchObject(AUTHENTICATION);
        current = next;
      }
    });

    test('a new authentication replaces the one before, and leaves the refresh token and the limits alone', async () => {
      const { sid, jti, userId } = await begin();
      await advance(100);
      const raised = await store.reauthenticate!(sid, userId, AUTHENTICATION);
      expect(authentication(raised)).toEqual({ ...AUTHENTICATION, age: 0 });
      expect(raised).toMatchObject({ id: sid, userId, currentJti: jti });
      const left = (time: Date) => Math.round((time.getTime() - raised!.now.getTime()) / 1_000);
      expect([left(raised!.createdAt), left(raised!.expiresAt)]).toEqual([-100, LIMITS.idleTtl - 100]);
      await advance(100);
      const lowered = await store.reauthenticate!(sid, userId, { acr: 'pwd', amr: ['pwd'] });
      expect(authentication(lowered)).toEqual({ acr: 'pwd', amr: ['pwd'], age: 0 });
    });

    test('nobody authenticates again in a session that is over, unknown, or of somebody else', async () => {
      const [own, ended, expired] = [await begin(), await begin(), await begin()];
      await store.revoke(ended.sid, 'logout');
      const again = (sid: string, userId: string) => store.reauthenticate!(sid, userId, AUTHENTICATION);
      expect(await again(ended.sid, ended.userId)).toBeNull();
      expect(await again(own.sid, 'somebody else')).toBeNull();
      expect(await again(randomUUID(), own.userId)).toBeNull();
      expect(authentication(sessionOf(await present(own.sid, own.jti))).acr).toBe('pwd');
      await advance(LIMITS.idleTtl + 1);
      expect(await again(expired.sid, expired.userId)).toBeNull();
    });

    test('a session whose factor is gone is worth no more than a password, from when it was', async () => {
      const { sid, userId, jti } = await begin();
      await store.reauthenticate!(sid, userId, AUTHENTICATION);
      await advance(100);
      expect(await store.lower!(sid, 'somebody else')).toBe(false);
      expect(await store.lower!(randomUUID(), userId)).toBe(false);
      expect(await store.lower!(sid, userId)).toBe(true);
      const { age, ...how } = authentication(sessionOf(await present(sid, jti)));
      expect(how).toEqual({ acr: 'pwd', amr: ['pwd'] });
      expect(age).toBeGreaterThanOrEqual(100);
      await store.reauthenticate!(sid, userId, { acr: 'phr', amr: ['hwk', 'user'] });
      expect(await store.lower!(sid, userId)).toBe(true);
      expect(authentication(sessionOf(await present(sid, jti)))).toMatchObject({
        acr: 'pwd',
        amr: ['hwk', 'user'],
      });
      await store.revoke(sid, 'logout');
      expect(await store.lower!(sid, userId)).toBe(false);
    });

    test('of refreshes and step-ups at the same time, none undoes another', async () => {
      const { sid, jti, userId } = await begin();
      await advance(100);
      const [, raised] = await Promise.all([
        present(sid, jti),
        store.reauthenticate!(sid, userId, AUTHENTICATION),
        present(sid, jti),
      ]);
      expect(authentication(raised)).toEqual({ ...AUTHENTICATION, age: 0 });
      expect(authentication(sessionOf(await present(sid, jti)))).toEqual({ ...AUTHENTICATION, age: 0 });
    });

    test('exclusive work of one user takes turns, even if some of it fails', async () => {
      const userId = randomUUID();
      const running: number[] = [];
      const most: number[] = [];
      const work = async (n: number) => {
        running.push(n);
        most.push(running.length);
        await store.listLive(userId);
        await new Promise((resolve) => setImmediate(resolve));
        running.splice(running.indexOf(n), 1);
        if (n % 2 === 1) throw new Error(`no ${n}`);
        return n;
      };
      const turns = await Promise.allSettled(
        [0, 1, 2, 3].map((n) => store.exclusively(userId, () => work(n))),
      );
      expect(most).toEqual([1, 1, 1, 1]);
      expect(turns).toEqual([
        { status: 'fulfilled', value: 0 },
        { status: 'rejected', reason: new Error('no 1') },
        { status: 'fulfilled', value: 2 },
        { status: 'rejected', reason: new Error('no 3') },
      ]);
    });

    test('exclusive work of one user does not wait for that of another, and may use the store', async () => {
      const [ada, bob] = [await begin(), await begin()];
      const ended = await store.exclusively(ada.userId, () =>
        store.exclusively(bob.userId, () => store.revokeAll(bob.userId, 'ended')),
      );
      expect(ended).toEqual([bob.sid]);
    });
  });
}

/** Fails for a store that reads first and writes afterwards. */
export async function onlyOneRotates(store: SessionStore): Promise<void> {
  const jti = randomUUID();
  const { id: sid } = await store.create({ id: randomUUID(), jti, userId: 'somebody' });
  const rotations = await Promise.all(
    Array.from({ length: 20 }, () => store.rotate({ sid, jti, nextJti: randomUUID() })),
  );
  const successors = rotations.map((rotation) =>
    'session' in rotation ? rotation.session.currentJti : rotation.outcome,
  );

  expect(rotations.filter(({ outcome }) => outcome === 'rotated')).toHaveLength(1);
  expect(new Set(successors).size).toBe(1);
}
