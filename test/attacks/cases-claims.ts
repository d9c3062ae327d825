import { type Attack, type Forger, signedText, without, withClaims } from './forge.js';

const TTL = 900;
const TOLERANCE = 5;

const payload = (change: (text: string) => string | Buffer) => (f: Forger) =>
  signedText(f, JSON.stringify(f.header), change(JSON.stringify(f.claims)));

const raw = (name: string, json: string) =>
  payload((text) => text.replace(new RegExp(`"${name}":("[^"]*"|\\d+)`), `"${name}":${json}`));

/** A token that is this many seconds past its expiry. */
const expiredFor = (seconds: number) =>
  withClaims(({ now }) => ({ iat: now - TTL - seconds, exp: now - seconds, auth_time: now - TTL - seconds }));

const bad = (number: number, claim: string, values: unknown[]): Attack[] => [
  { case: number, name: `no ${claim}`, forge: without('claims', claim) },
  ...values.map((value) => ({
    case: number,
    name: `${claim} ${JSON.stringify(value)?.slice(0, 40)}`,
    forge: withClaims({ [claim]: value }),
  })),
];

const IDS: unknown[] = [
  1,
  '',
  [],
  ['x'],
  {},
  { toString: 'x' },
  null,
  true,
  'x'.repeat(5000),
  'a\0b',
  'a\nb',
];

/** Invalid claims under a valid signature. */
export const claimCases: Attack[] = [
  ...bad(28, 'exp', [null, '123', true, [], {}, 1.5, 0, -1, 2 ** 53 + 2, Date.now()]),
  { case: 28, name: 'exp 1e308', forge: raw('exp', '1e308') },
  { case: 28, name: 'exp 1e400', forge: raw('exp', '1e400') },
  { case: 28, name: 'exp NaN', forge: raw('exp', 'NaN') },
  { case: 28, name: 'exp -0', forge: raw('exp', '-0') },
  {
    case: 28,
    name: 'longer than the maximum lifetime',
    forge: withClaims(({ now }) => ({ exp: now + TTL + 1 })),
  },
  { case: 29, name: 'at exp and the tolerance', forge: expiredFor(TOLERANCE), expect: 'TOKEN_EXPIRED' },
  {
    case: 29,
    name: 'after exp and the tolerance',
    forge: expiredFor(TOLERANCE + 1),
    expect: 'TOKEN_EXPIRED',
  },
  { case: 29, name: 'long after', forge: expiredFor(86_400), expect: 'TOKEN_EXPIRED' },
  { case: 29, name: 'at exp, within the tolerance', forge: expiredFor(0), expect: 'accepted' },
  { case: 29, name: 'within the tolerance', forge: expiredFor(TOLERANCE - 3), expect: 'accepted' },
  {
    case: 29,
    name: 'expired and for another audience',
    forge: withClaims(({ now }) => ({ iat: now - 2000, exp: now - 1900, aud: 'other' })),
  },
  { case: 30, name: 'nbf in the future', forge: withClaims(({ now }) => ({ nbf: now + TOLERANCE + 30 })) },
  { case: 30, name: 'nbf as text', forge: withClaims({ nbf: '0' }) },
  {
    case: 30,
    name: 'iat in the future',
    forge: withClaims(({ now }) => ({ iat: now + 60, exp: now + 120 })),
  },
  { case: 30, name: 'iat after exp', forge: withClaims(({ now }) => ({ iat: now, exp: now - 1 })) },
  ...bad(30, 'iat', ['0', null, 1.5, -1, [], 0]),
  ...bad(31, 'iss', [
    'latchkey/',
    'Latchkey',
    'latchke',
    'latchkeyy',
    ['latchkey'],
    'http://latchkey',
    'lаtchkey',
    '',
    null,
  ]),
  ...bad(32, 'aud', [
    [],
    'other',
    'Latchkey',
    'latch',
    { latchkey: true },
    [['latchkey']],
    '',
    null,
    ['latchkey', 1],
  ]),
  {
    case: 32,
    name: 'aud with a thousand entries',
    forge: withClaims({ aud: [...Array.from({ length: 1000 }, () => 'x'), 'latchkey'] }),
  },
  {
    case: 32,
    name: 'aud as a list that contains ours',
    forge: withClaims({ aud: ['other', 'latchkey'] }),
    expect: 'accepted',
  },
  ...['sub', 'jti', 'sid'].flatMap((claim) => bad(33, claim, IDS)),
  // Ids that Latchkey generates have one form; `sub` comes from the host and may be any text.
  ...['jti', 'sid'].flatMap((claim) =>
    bad(33, claim, ['x', '1', '__proto__', "' OR 1=1 --", '3F0E8F3E-0F7C-4A53-9B0A-2F1F6D2A9D10']),
  ),
  ...bad(33, 'roles', ['admin', [1], {}, null]),
  ...bad(33, 'permissions', ['all', [null], {}, null]),
  ...bad(33, 'auth_time', ['0', null, -1, 1.5, []]),
  ...bad(33, 'client_id', IDS).filter(({ name }) => name !== 'no client_id'),
  { case: 33, name: 'no client_id, as before', forge: without('claims', 'client_id'), expect: 'accepted' },
  { case: 34, name: 'sub twice', forge: payload((text) => text.replace('{', '{"sub":"victim",')) },
  { case: 34, name: 'roles twice', forge: payload((text) => text.replace('{', '{"roles":["admin"],')) },
  {
    case: 35,
    name: '__proto__',
    forge: payload((text) => text.replace('{', '{"__proto__":{"roles":["admin"]},')),
    // It is a member like any other, and not a prototype.
    expect: 'accepted',
  },
  ...['constructor', 'toString', 'isAdmin'].map((name): Attack => ({
    case: 35,
    name,
    forge: withClaims({ [name]: { roles: ['admin'] } }),
    expect: 'accepted',
  })),
  ...['[]', '"text"', 'null', '', '1', 'true'].map((text): Attack => ({
    case: 36,
    name: `payload ${text || 'empty'}`,
    forge: payload(() => text),
  })),
  { case: 36, name: 'payload with a byte order mark', forge: payload((text) => `\uFEFF${text}`) },
  {
    case: 36,
    name: 'payload of invalid UTF-8',
    forge: payload((text) =>
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]),
    ),
  },
  { case: 37, name: 'a refresh token', forge: (f) => f.refreshToken },
  ...bad(37, 'type', ['refresh', 'Access', ['access'], null, '']),
  { case: 38, name: 'for another audience', forge: withClaims({ aud: 'https://other.example.com' }) },
  { case: 38, name: 'of another issuer', forge: withClaims({ iss: 'https://other.example.com' }) },
];
