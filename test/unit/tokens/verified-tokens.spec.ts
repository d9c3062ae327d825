import type { AccessTokenPayload } from '../../../src/tokens/token-types.js';
import { VerifiedTokens } from '../../../src/tokens/verified-tokens.js';

const verifiedAs = (sub: string, exp = 900) => ({
  claims: { sub, exp, roles: ['admin'], nested: { tenant: 1 } } as unknown as AccessTokenPayload,
  kid: 'key',
});

describe('the cache of verified tokens', () => {
  it('knows a token only by its entire text', () => {
    const verified = new VerifiedTokens(20_000);
    verified.add('a.b.c', verifiedAs('ada'), 0);
    expect(verified.find('a.b.c')?.claims.sub).toBe('ada');
    for (const other of ['a.b.d', 'a.b', 'a.b.c ', '']) expect(verified.find(other)).toBeUndefined();
  });

  it('does not confuse tokens with the same ending', () => {
    const verified = new VerifiedTokens(20_000);
    const end = '.'.padEnd(64, 'e');
    verified.add(`ada${end}`, verifiedAs('ada'), 0);
    expect(verified.find(`eve${end}`)).toBeUndefined();
    verified.forget(`eve${end}`);
    expect(verified.find(`ada${end}`)?.claims.sub).toBe('ada');
    verified.add(`bob${end}`, verifiedAs('bob'), 0);
    expect(verified.find(`bob${end}`)?.claims.sub).toBe('bob');
    expect(verified.find(`ada${end}`)?.claims.sub).not.toBe('bob');
  });

  it('does not confuse tokens whose endings have the same hash', () => {
    const verified = new VerifiedTokens(20_000);
    // Using the hash known from Java: 31 times the hash so far, plus the next character.
    const [ada, eve] = ['x.y.Aa'.padEnd(16, '.'), 'x.y.BB'.padEnd(16, '.')];
    verified.add(ada, verifiedAs('ada'), 0);
    expect(verified.find(eve)).toBeUndefined();
    verified.add(eve, verifiedAs('eve'), 0);
    expect(verified.find(eve)?.claims.sub).toBe('eve');
    expect(verified.find(ada)?.claims.sub).not.toBe('eve');
  });

  it('forgets the oldest when its memory is full, long ones as well as short ones, and a token it is told to forget', () => {
    const verified = new VerifiedTokens(3 * 2_500);
    const known = (tokens: string[]) => tokens.filter((token) => verified.find(token));
    const [one, two, long] = [
      'one'.padEnd(1_000, '.1'),
      'two'.padEnd(1_000, '.2'),
      'three'.padEnd(2_000, '.3'),
    ];
    for (const token of [one, two]) verified.add(token, verifiedAs(token), 0);
    expect(known([one, two])).toEqual([one, two]);
    verified.add('small', verifiedAs('small'), 0);
    expect(known([one, two, 'small'])).toEqual([one, two, 'small']);
    verified.add(long, verifiedAs(long), 0);
    expect(known([one, two, 'small', long])).toEqual(['small', long]);
    verified.forget('small');
    expect(known([one, two, 'small', long])).toEqual([long]);
    for (const token of [one, one, one]) verified.add(token, verifiedAs(token), 0);
    expect(known([one])).toEqual([one]);
  });

  it('holds no more than it may, whatever comes, and counts what it has dropped', () => {
    const verified = new VerifiedTokens(30_000);
    const tokens = Array.from({ length: 2_000 }, (_, i) => `${i}`.padEnd(100 + (i % 900), `.${i}`));
    for (const [i, token] of tokens.entries()) {
      verified.add(token, verifiedAs(token), 0);
      if (i % 3 === 0) verified.forget(tokens[i - (i % 5)]!);
    }
    const held = tokens.filter((token) => verified.find(token)).reduce((sum, { length }) => sum + length, 0);
    expect(3 * held).toBeLessThanOrEqual(30_000);
    expect(3 * held).toBeGreaterThan(20_000);
  });

  it('forgets tokens that have expired as others come, however much room there is', () => {
    const verified = new VerifiedTokens(1_000_000);
    const old = Array.from({ length: 10 }, (_, i) => `old ${i}`);
    for (const token of old) verified.add(token, verifiedAs(token, 900), 0);
    for (let i = 0; i < 10; i++) verified.add(`new ${i}`, verifiedAs('new', 1_800), 901);
    expect(old.filter((token) => verified.find(token))).toEqual([]);
    expect(verified.find('new 0')).toBeDefined();
  });

  it('drops two expired ones for each that comes, and none in the second of its end', () => {
    const verified = new VerifiedTokens(1_000_000);
    const old = Array.from({ length: 6 }, (_, i) => `old ${i}`);
    for (const token of old) verified.add(token, verifiedAs(token, 900), 0);
    const left = () => old.filter((token) => verified.find(token)).length;
    verified.add('first', verifiedAs('new', 1_800), 900);
    expect(left()).toBe(6);
    verified.add('second', verifiedAs('new', 1_800), 901);
    expect(left()).toBe(4);
  });

  it('may be full to the last byte, and one that is too long for it takes no place from others', () => {
    const verified = new VerifiedTokens(3 * 20);
    const [one, two] = ['1'.repeat(8), '2'.repeat(12)];
    for (const token of [one, two, '3'.repeat(21)]) verified.add(token, verifiedAs(token), 0);
    expect([one, two].every((token) => verified.find(token))).toBe(true);
    verified.add('4'.repeat(20), verifiedAs('all'), 0);
    expect([one, two, '4'.repeat(20)].map((token) => verified.find(token)?.claims.sub)).toEqual([
      undefined,
      undefined,
      'all',
    ]);
    const large = new VerifiedTokens(1_000_000);
    large.add('a'.repeat(2_048), verifiedAs('ada'), 0);
    expect(large.find('a'.repeat(2_048))).toBeDefined();
  });

  it('keeps nothing when it is turned off, and never a very long token', () => {
    const off = new VerifiedTokens(0);
    off.add('a', verifiedAs('ada'), 0);
    expect(off.find('a')).toBeUndefined();
    const on = new VerifiedTokens(20_000);
    on.add('a'.repeat(2049), verifiedAs('ada'), 0);
    expect(on.find('a'.repeat(2049))).toBeUndefined();
  });

  it('returns claims that nobody can change', () => {
    const verified = new VerifiedTokens(20_000);
    verified.add('a', verifiedAs('ada'), 0);
    const found = verified.find('a')!.claims;
    expect(() => found.roles.push('root')).toThrow(TypeError);
    expect(() => ((found.nested as { tenant: number }).tenant = 2)).toThrow(TypeError);
  });
});
