import type { AuthEvent } from '../../../src/events/auth-event.js';
import { Repeats } from '../../../src/events/repeats.js';

let id = 0;
const event = (about: object, seconds = 0): AuthEvent =>
  ({ id: String(id++), at: new Date(seconds * 1000), ip: '192.0.2.1', ...about }) as AuthEvent;
const junk = (about: object = {}, seconds = 0) =>
  event({ type: 'refresh-failed', reason: 'invalid', ...about }, seconds);
/** How many of these events are stored. */
const stored = (events: AuthEvent[]) => {
  const repeats = new Repeats();
  return events.filter((each) => repeats.fold(each) !== null).length;
};

describe('repeats of an event', () => {
  it('are counted on the first one until that is written', () => {
    const repeats = new Repeats();
    const [first, second, third] = [junk(), junk(), junk()];
    expect([repeats.fold(first), repeats.fold(second)]).toEqual([first, null]);
    expect(repeats.of(first)!.count).toBe(2);
    repeats.close([first]);
    expect(repeats.fold(third)).toBe(third);
    expect([repeats.of(first)!.count, repeats.of(third)!.count]).toEqual([2, 1]);
    expect(repeats.of(third)!.key).toBe(repeats.of(first)!.key);
  });

  it.each([
    ['in another user agent', { userAgent: 'curl' }],
    ['in another request', { requestId: '7' }],
    ['in another trace', { traceparent: `00-${'7'.repeat(32)}-${'7'.repeat(16)}-01`, tracestate: 'a=7' }],
    ['by an address of the same /48', { ip: '2001:db8:1:ffff::1' }],
  ])('may differ %s', (_, more) => {
    expect(stored([junk({ ip: '2001:db8:1::1' }), junk({ ip: '2001:db8:1::1', ...more })])).toBe(1);
  });

  it.each([
    ['its minute', junk({}, 60)],
    ['its address', junk({ ip: '192.0.2.2' })],
    ['its reason', junk({ reason: 'expired' })],
    ['its user', junk({ userId: 'ada' })],
    ['its session', junk({ sessionId: 's' })],
    ['its type', event({ type: 'throttled', limit: 'login' })],
  ])('do not include one that differs in %s', (_, other) => {
    expect(stored([junk(), other])).toBe(2);
  });

  it.each([
    [
      'a login to an unknown account',
      { type: 'login-failed', reason: 'unknown-account', email: '?', account: '?' },
    ],
    ['a refusal by a rate limit', { type: 'throttled', limit: 'refresh' }],
    ['a delay for an account', { type: 'throttled', limit: 'account', userId: 'ada' }],
    [
      'a refresh with an old token',
      { type: 'refresh-failed', reason: 'revoked', userId: 'ada', sessionId: 's' },
    ],
    ['an alert about an address', { type: 'alert', rule: 'many-accounts-from-address', count: 20 }],
    ['a kind that is unknown here', { type: 'csrf-rejected' }],
  ])('are folded for %s', (_, about) => {
    const one = { ...about, email: 'a***@example.com', account: 'a' };
    expect(stored([event(one), event({ ...one, email: 'b***@example.com', account: 'b' }), event(one)])).toBe(
      1,
    );
  });

  it.each([
    ['a login', { type: 'logged-in', userId: 'ada', sessionId: 's' }],
    ['a failed login of a user', { type: 'login-failed', reason: 'wrong-password', userId: 'ada' }],
    ['a reuse', { type: 'reused', userId: 'ada', sessionId: 's' }],
    ['a revoked token', { type: 'token-revoked', tokenId: 't' }],
    ['a new key', { type: 'key-rotated', kid: 'k', ip: undefined }],
  ])('are rows of their own for %s', (_, about) => {
    expect(stored([event(about), event(about)])).toBe(2);
  });

  it('from more than a hundred networks in a minute share one row without an address', () => {
    const repeats = new Repeats();
    const from = (n: number, seconds = 0) =>
      repeats.fold(junk({ ip: `10.0.${n >> 8}.${n & 255}`, userAgent: 'curl', requestId: 'r' }, seconds));
    const rows = Array.from({ length: 1_000 }, (_, n) => from(n)).filter((row) => row !== null);
    expect(rows).toHaveLength(101);
    expect(rows[100]).toEqual({ id: expect.any(String), at: expect.any(Date), type: 'refresh-failed' });
    expect(repeats.of(rows[100]!)!.count).toBe(900);
    expect(from(5)).toBeNull();
    expect(from(500, 60)).toMatchObject({ ip: '10.0.1.244' });
  });
});
