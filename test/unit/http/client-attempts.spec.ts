import { AuthEvents, type AuthEvent, UnavailableError } from '../../../src/index.js';
import { ClientAttempts } from '../../../src/http/oauth/client-attempts.js';
import { RateLimitStorage } from '../../../src/rate-limits/rate-limit.storage.js';

const LIMIT = { limit: 3, seconds: 600 };
const HERE = { ip: '192.0.2.1' };
const ELSEWHERE = { ip: '198.51.100.1' };
const RIGHT = { id: 'orders', secret: 'right' };
const wrong = (id = 'orders') => ({ id, secret: 'wrong' });

/** The registered clients, and how often they were looked up. */
class Registered {
  lookups = 0;
  down = false;
  secrets = new Map([[RIGHT.id, RIGHT.secret]]);

  async verify(id: string, secret: string): Promise<boolean> {
    this.lookups++;
    await Promise.resolve();
    if (this.down) throw new UnavailableError();
    return this.secrets.get(id) === secret;
  }
}

describe('attempts to authenticate as a resource server', () => {
  let clients: Registered;
  let heard: AuthEvent[];
  let attempts: ClientAttempts;
  beforeEach(() => {
    clients = new Registered();
    heard = [];
    const events = new AuthEvents(Date.now, () => undefined);
    events.subscribe((event) => void heard.push(event));
    attempts = new ClientAttempts(clients, new RateLimitStorage(undefined), events, LIMIT);
  });

  const outcome = (given = wrong(), from: { ip?: string } = HERE) =>
    attempts.verify(given, from).catch((error: { code: string }) => error.code);
  const outcomes = async (count: number, given = wrong(), from = HERE) => {
    const all: unknown[] = [];
    for (let i = 0; i < count; i++) all.push(await outcome(given, from));
    return all;
  };

  it('fail a limited number of times from one address, then without a query, and say so once each', async () => {
    expect(await outcomes(5)).toEqual([false, false, false, 'RATE_LIMITED', 'RATE_LIMITED']);
    expect(clients.lookups).toBe(3);
    expect(heard[0]).toMatchObject({ type: 'throttled', limit: 'clients', ip: HERE.ip });
    await expect(attempts.verify(wrong(), HERE)).rejects.toMatchObject({ retryAfter: 600 });
  });

  it('cannot outrun the count in parallel', async () => {
    const guesses = Array.from({ length: 50 }, (_, i) => outcome({ id: 'orders', secret: `guess ${i}` }));
    const all = await Promise.all(guesses);
    expect(all.filter((each) => each === false)).toHaveLength(3);
    expect(clients.lookups).toBe(3);
  });

  it('are limited under changing ids as well', async () => {
    for (let i = 0; i < 100; i++) await outcome(wrong(`client-${i}`));
    expect(clients.lookups).toBe(15);
  });

  it('from fresh /64 networks of one IPv6 /56 or /48 share its limits', async () => {
    const limits = { ...LIMIT, limitPer56: 12, limitPer48: 48 };
    const storage = new RateLimitStorage(undefined);
    attempts = new ClientAttempts(clients, storage, new AuthEvents(Date.now, () => undefined), limits);
    const hex = (i: number) => i.toString(16);
    for (let i = 0; i < 40; i++) await outcome(wrong(), { ip: `2001:db8:7:${hex(i)}::1` });
    expect(clients.lookups).toBe(12);
    for (let i = 1; i < 200; i++) await outcome(wrong(), { ip: `2001:db8:7:${hex(i * 256)}::1` });
    expect(clients.lookups).toBe(48);
    for (let i = 0; i < 400; i++) await outcome(wrong(`c${i}`), { ip: `2001:db8:8:${hex(i * 150)}::1` });
    expect(clients.lookups).toBe(48 + 5 * 48);
    expect(await outcome(RIGHT, { ip: '2001:db8:9::1' })).toBe(true);
  });

  it('do not affect the right secret from another address', async () => {
    await outcomes(10);
    expect(await outcome(RIGHT, ELSEWHERE)).toBe(true);
  });

  it('do not affect other clients at the same address when one of them has a wrong secret', async () => {
    clients.secrets.set('billing', 'right too');
    await outcomes(100);
    expect(await outcome({ id: 'billing', secret: 'right too' })).toBe(true);
  });

  it('do not affect a secret that was right before, even when its address is over the limit', async () => {
    expect(await outcome(RIGHT)).toBe(true);
    await outcomes(10);
    for (let i = 0; i < 100; i++) await outcome(wrong(`client-${i}`));
    expect(await outcomes(10, RIGHT)).toEqual(Array.from({ length: 10 }, () => true));
  });

  it('end immediately for a client that was removed, and then count', async () => {
    await outcome(RIGHT);
    clients.secrets.clear();
    expect(await outcomes(5, RIGHT)).toEqual([false, false, false, 'RATE_LIMITED', 'RATE_LIMITED']);
  });

  it('count only when they fail: a client may come as often as it likes, also with many requests at a time', async () => {
    const first = await Promise.all(Array.from({ length: 100 }, () => outcome(RIGHT)));
    expect(new Set(first)).toEqual(new Set([true]));
    expect(clients.lookups).toBe(1);
    expect(await outcomes(2)).toEqual([false, false]);
    expect(await outcome(RIGHT)).toBe(true);
    expect(await outcomes(2)).toEqual([false, 'RATE_LIMITED']);
  });

  it('do not count while the database is down', async () => {
    clients.down = true;
    expect(new Set(await outcomes(10))).toEqual(new Set(['UNAVAILABLE']));
    clients.down = false;
    expect(await outcome(wrong())).toBe(false);
  });

  it('count by /64 for IPv6, and by the IPv4 address in an IPv6 one', async () => {
    for (let i = 0; i < 3; i++) await outcome(wrong(), { ip: `2001:db8::${i}` });
    expect(await outcome(wrong(), { ip: '2001:db8::ffff' })).toBe('RATE_LIMITED');
    expect(await outcome(wrong(), { ip: '2001:db8:0:1::' })).toBe(false);
    await outcomes(3);
    expect(await outcome(wrong(), { ip: `::ffff:${HERE.ip}` })).toBe('RATE_LIMITED');
  });

  it('are not limited where limits are off', async () => {
    const free = new ClientAttempts(
      clients,
      new RateLimitStorage(undefined),
      new AuthEvents(Date.now, () => undefined),
      undefined,
    );
    for (let i = 0; i < 50; i++) expect(await free.verify(wrong(), HERE)).toBe(false);
  });

  it('without any address are limited together', async () => {
    for (let i = 0; i < 3; i++) await outcome(wrong(), {});
    expect(await outcome(wrong(), {})).toBe('RATE_LIMITED');
  });
});
