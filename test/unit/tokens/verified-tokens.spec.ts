import type { AccessTokenPayload } from '../../../src/tokens/token-types.js';
import { VerifiedTokens } from '../../../src/tokens/verified-tokens.js';

const verifiedAs = (sub: string) => ({
  claims: { sub, roles: ['admin'], nested: { tenant: 1 } } as unknown as AccessTokenPayload,
  kid: 'key',
});

describe('the cache of verified tokens', () => {
  it('knows a token only by its entire text', () => {
    const verified = new VerifiedTokens(10);
    verified.add('a.b.c', verifiedAs('ada'));
    expect(verified.find('a.b.c')?.claims.sub).toBe('ada');
    for (const other of ['a.b.d', 'a.b', 'a.b.c ', '']) expect(verified.find(other)).toBeUndefined();
  });

  it('does not confuse tokens with the same ending', () => {
    const verified = new VerifiedTokens(10);
    const end = '.'.padEnd(64, 'e');
    verified.add(`ada${end}`, verifiedAs('ada'));
    expect(verified.find(`eve${end}`)).toBeUndefined();
    verified.forget(`eve${end}`);
    expect(verified.find(`ada${end}`)?.claims.sub).toBe('ada');
    verified.add(`bob${end}`, verifiedAs('bob'));
    expect(verified.find(`bob${end}`)?.claims.sub).toBe('bob');
    expect(verified.find(`ada${end}`)?.claims.sub).not.toBe('bob');
  });

  it('does not confuse tokens whose endings have the same hash', () => {
    const verified = new VerifiedTokens(10);
    // Using the hash known from Java: 31 times the hash so far, plus the next character.
    const [ada, eve] = ['x.y.Aa'.padEnd(16, '.'), 'x.y.BB'.padEnd(16, '.')];
    verified.add(ada, verifiedAs('ada'));
    expect(verified.find(eve)).toBeUndefined();
    verified.add(eve, verifiedAs('eve'));
    expect(verified.find(eve)?.claims.sub).toBe('eve');
    expect(verified.find(ada)?.claims.sub).not.toBe('eve');
  });

  it('forgets the oldest when it is full, and a token it is told to forget', () => {
    const verified = new VerifiedTokens(2);
    for (const token of ['one', 'two', 'three']) verified.add(token, verifiedAs(token));
    expect(['one', 'two', 'three'].map((token) => verified.find(token)?.claims.sub)).toEqual([
      undefined,
      'two',
      'three',
    ]);
    verified.forget('two');
    expect(verified.find('two')).toBeUndefined();
  });

  it('keeps nothing when it is turned off, and never a very long token', () => {
    const off = new VerifiedTokens(0);
    off.add('a', verifiedAs('ada'));
    expect(off.find('a')).toBeUndefined();
    const on = new VerifiedTokens(2);
    on.add('a'.repeat(2049), verifiedAs('ada'));
    expect(on.find('a'.repeat(2049))).toBeUndefined();
  });

  it('returns claims that nobody can change', () => {
    const verified = new VerifiedTokens(2);
    verified.add('a', verifiedAs('ada'));
    const found = verified.find('a')!.claims;
    expect(() => found.roles.push('root')).toThrow(TypeError);
    expect(() => ((found.nested as { tenant: number }).tenant = 2)).toThrow(TypeError);
  });
});
