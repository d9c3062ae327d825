import { randomUUID } from 'node:crypto';
import {
  type AllowedAttempt,
  type Counter,
  type DelayPolicy,
  factorCounter,
  type LoginAttempts,
  ownCounter,
  strangersOf,
} from '../../src/users/login-attempts.js';

export interface AttemptsSetup {
  attempts: LoginAttempts;
  /** Lets that many seconds pass, for the store. */
  advance(seconds: number): Promise<void>;
}

const NEVER = { strangers: 1_000, own: 1_000 };

/** Of parallel attempts, no more proceed than are free, or than the limit allows. */
export async function onlyFreeOnesProceed(attempts: LoginAttempts, limit?: number): Promise<void> {
  const counter = strangersOf({ email: `${randomUUID()}@example.com`, userId: null });
  const made = await Promise.all(Array.from({ length: 100 }, () => attempts.begin(counter, limit)));
  const allowed = made.filter(({ outcome }) => outcome === 'allowed') as AllowedAttempt[];
  const expected = Math.min(limit ?? 5, 5);
  expect(allowed.map(({ total }) => total).toSorted()).toEqual(
    Array.from({ length: expected }, (_, i) => i + 1),
  );
}

/** What every store of failed attempts guarantees. */
export function describeLoginAttempts(
  name: string,
  setUp: (policy: DelayPolicy) => Promise<AttemptsSetup>,
): void {
  describe(name, () => {
    let attempts: LoginAttempts;
    let advance: AttemptsSetup['advance'];
    let email: string;
    let user: string;
    let strangers: Counter;
    beforeEach(async () => {
      ({ attempts, advance } = await setUp({ freeFailures: 5, maxDelay: 900 }));
      email = `${randomUUID()}@example.com`;
      user = randomUUID();
      strangers = strangersOf({ email, userId: user });
    });
    const fail = async (counter: Counter, times: number, limit?: number) => {
      const made = [];
      for (let i = 0; i < times; i++) {
        made.push(await attempts.begin(counter, limit));
        await advance(1_000);
      }
      return made;
    };

    it('of 100 parallel attempts lets five proceed, and fewer if the limit is lower', async () => {
      await onlyFreeOnesProceed(attempts);
      await onlyFreeOnesProceed(attempts, 3);
    });

    it('doubles the wait, and says how long it is', async () => {
      for (let i = 0; i < 5; i++) await attempts.begin(strangers);
      expect(await attempts.begin(strangers)).toEqual({ outcome: 'waiting', wait: 1 });
      await advance(2);
      expect(await attempts.begin(strangers)).toMatchObject({ outcome: 'allowed', failures: 6, total: 6 });
      const { wait } = (await attempts.begin(strangers)) as { wait: number };
      expect(wait).toBeLessThanOrEqual(2);
    });

    it('starts the delay over after a day, but not the total', async () => {
      await fail(strangers, 6);
      await advance(90_000);
      expect(await attempts.begin(strangers)).toMatchObject({ failures: 1, total: 7 });
    });

    it('starts the total over with another user of the address', async () => {
      await fail(strangers, 3);
      const next = { ...strangers, userId: randomUUID() };
      expect(await attempts.begin(next)).toMatchObject({ outcome: 'allowed', total: 1, failures: 4 });
    });

    it('a counter that has reached its limit is spent, however long it waits', async () => {
      const device = ownCounter('device', user, 'd1');
      expect((await fail(device, 4, 3)).map(({ outcome }) => outcome)).toEqual([
        'allowed',
        'allowed',
        'allowed',
        'spent',
      ]);
      await advance(400 * 86_400);
      expect(await attempts.begin(device, 3)).toEqual({ outcome: 'spent' });
      expect(await attempts.begin(ownCounter('device', user, 'd2'), 3)).toMatchObject({ total: 1 });
    });

    it('counts strangers, each device and each session apart', async () => {
      await fail(strangers, 7);
      for (const kind of ['device', 'session'] as const)
        expect(await attempts.begin(ownCounter(kind, user, 'x'))).toMatchObject({ total: 1 });
      expect(await attempts.begin(ownCounter('device', randomUUID(), 'x'))).toMatchObject({ total: 1 });
    });

    it('takes back an attempt without a password, and the delay that it caused', async () => {
      await fail(strangers, 4);
      const fifth = (await attempts.begin(strangers)) as AllowedAttempt;
      await attempts.giveBack(fifth);
      expect(await attempts.begin(strangers)).toMatchObject({ outcome: 'allowed', total: 5 });
    });

    it('success resets one counter, an operator all of them', async () => {
      const device = ownCounter('device', user, 'd');
      await fail(strangers, 2);
      const [own] = (await fail(device, 1)) as [AllowedAttempt];
      await attempts.succeeded(own);
      expect(await attempts.begin(device)).toMatchObject({ total: 1 });
      expect(await attempts.begin(strangers)).toMatchObject({ total: 3 });
      await attempts.reset(email, user);
      for (const counter of [device, strangers])
        expect(await attempts.begin(counter)).toMatchObject({ total: 1 });
      await attempts.reset(email);
      expect(await attempts.begin(device)).toMatchObject({ total: 1 });
      await attempts.reset(`${randomUUID()}@example.com`);
      expect(await attempts.begin(device)).toMatchObject({ total: 2 });
    });

    it('counts second factors apart, and resets them only when told to', async () => {
      const factors = factorCounter(user);
      await fail(strangers, 2);
      await fail(factors, 2);
      await attempts.reset(email, user);
      expect(await attempts.begin(strangers)).toMatchObject({ total: 1 });
      expect(await attempts.begin(factors)).toMatchObject({ total: 3 });
      await attempts.resetFactors(user);
      expect(await attempts.begin(factors)).toMatchObject({ total: 1 });
      await fail(factors, 2);
      const limits = { strangers: 1, own: 1 };
      const slow = (await attempts.slowOf([user], limits)).filter(({ kind }) => kind === 'factors');
      expect(slow.filter(({ off }) => off)).toEqual([]);
    });

    it('gives the notice to one caller a day', async () => {
      expect(await attempts.claimNotice(strangers.key)).toBe(false);
      await attempts.begin(strangers);
      const claims = () => Promise.all(Array.from({ length: 20 }, () => attempts.claimNotice(strangers.key)));
      expect((await claims()).filter(Boolean)).toHaveLength(1);
      await advance(86_000);
      expect((await claims()).filter(Boolean)).toHaveLength(0);
      await advance(500);
      await attempts.begin(strangers);
      expect((await claims()).filter(Boolean)).toHaveLength(1);
    });

    it('names the counters that are slow or at their limit, and their users by pages', async () => {
      const users = [randomUUID(), randomUUID(), randomUUID()].toSorted() as [string, string, string];
      const [waits, spent, fine] = users;
      for (let i = 0; i < 5; i++) await attempts.begin(strangersOf({ email, userId: waits }));
      await fail(ownCounter('device', spent, 'd'), 2);
      await attempts.begin(ownCounter('session', fine, 's'));
      const limits = { strangers: Infinity, own: 2 };
      const slow = await attempts.slowOf(users, limits);
      expect(slow.find(({ userId }) => userId === spent)).toMatchObject({
        kind: 'device',
        failures: 2,
        until: null,
        off: true,
      });
      expect((await attempts.slowOf(users, NEVER)).filter(({ off }) => off)).toEqual([]);
      await attempts.begin(strangersOf({ email, userId: waits }));
      const mine = async (after?: string) =>
        (await attempts.listSlow(limits, 100, after)).filter((id) => users.includes(id));
      expect(await mine()).toContain(spent);
      expect(await mine()).not.toContain(fine);
      expect(await mine(spent)).not.toContain(spent);
      expect(await attempts.listSlow(limits, 1)).toHaveLength(1);
    });
  });
}
