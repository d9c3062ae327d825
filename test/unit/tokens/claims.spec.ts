import {
  type ClaimsPolicy,
  isAccessTokenPayload,
  isExpired,
  isRefreshTokenPayload,
  livesTooLong,
} from '../../../src/tokens/claims.js';

const NOW = 1_800_000_000;
const ID = '3f0e8f3e-0f7c-4a53-9b0a-2f1f6d2a9d10';
const POLICY: ClaimsPolicy = {
  issuer: 'here',
  acceptedIssuers: ['before'],
  audience: 'us',
  clockTolerance: 5,
  maxLifetime: 900,
};
const COMMON = { iss: 'here', aud: 'us', sub: 'ada', jti: ID, sid: ID, iat: NOW, exp: NOW + 900 };
const ACCESS = {
  ...COMMON,
  type: 'access',
  roles: ['admin'],
  permissions: [],
  auth_time: NOW,
  session_began: NOW - 1,
  client_id: 'app',
  acr: 'mfa',
  amr: ['pwd', 'otp'],
};
const REFRESH = { ...COMMON, type: 'refresh' };

const isAccess = (claims: object) => isAccessTokenPayload({ ...ACCESS, ...claims }, POLICY, NOW);
const isRefresh = (claims: object) => isRefreshTokenPayload({ ...REFRESH, ...claims }, POLICY);

/** What no claim of its kind may be. */
const NO_TIMES = ['0', null, -1, 1.5, NaN, Infinity, 2 ** 53, [], {}];
const NO_IDS = [1, '', null, [], {}, 'x'.repeat(256), 'a\nb', 'a\u007fb', 'a\u0085b'];
const NO_UUIDS = [...NO_IDS, 'x', ID.toUpperCase(), ` ${ID}`, `${ID}\n`];
const NO_LISTS = ['admin', null, {}, [1], ['a', null]];

const tried = (name: string, values: unknown[]) => [undefined, ...values].map((value) => ({ [name]: value }));
const given = (name: string, values: unknown[]) => values.map((value) => ({ [name]: value }));

describe('the claims of an access token', () => {
  it('are those that are issued, and those of earlier versions', () => {
    expect(isAccess({})).toBe(true);
    for (const missing of ['session_began', 'client_id', 'acr', 'amr'])
      expect(isAccess({ [missing]: undefined })).toBe(true);
    for (const more of [
      { nbf: NOW },
      { iss: 'before' },
      { aud: ['us'] },
      { auth_time: 0 },
      { sub: 'x'.repeat(255) },
    ])
      expect({ more, accepted: isAccess(more) }).toEqual({ more, accepted: true });
  });

  it.each([
    ...tried('type', ['refresh', 'Access', ['access'], '']),
    ...tried('iss', ['there', 'Here', '', null, ['here'], ['before']]),
    ...tried('aud', ['them', '', null, [], ['them'], ['us', 1], { us: true }]),
    ...tried('sub', NO_IDS),
    ...tried('jti', NO_UUIDS),
    ...tried('sid', NO_UUIDS),
    ...tried('iat', NO_TIMES),
    ...tried('exp', NO_TIMES),
    ...given('nbf', NO_TIMES),
    ...tried('roles', NO_LISTS),
    ...tried('permissions', NO_LISTS),
    ...tried('auth_time', NO_TIMES),
    ...given('session_began', NO_TIMES),
    ...given('client_id', NO_IDS),
    ...given('acr', NO_IDS),
    ...given('amr', NO_LISTS),
  ])('are not any with %j', (claims) => {
    expect(isAccess(claims)).toBe(false);
  });

  it('may be of a clock that runs ahead by the tolerance, and no more', () => {
    const ahead = (seconds: number) => [isAccess({ iat: NOW + seconds }), isAccess({ nbf: NOW + seconds })];
    expect(ahead(5)).toEqual([true, true]);
    expect(ahead(6)).toEqual([false, false]);
  });

  it('end after they begin, and are read whether or not they have expired', () => {
    expect(isAccess({ exp: NOW + 1 })).toBe(true);
    expect(isAccess({ exp: NOW })).toBe(false);
    expect(isAccess({ iat: NOW - 9_000, exp: NOW - 8_000 })).toBe(true);
  });

  it('may be for as many as sixteen audiences, among them ours', () => {
    const others = Array.from({ length: 15 }, (_, i) => `other ${i}`);
    expect(isAccess({ aud: [...others, 'us'] })).toBe(true);
    expect(isAccess({ aud: [...others, 'another', 'us'] })).toBe(false);
  });
});

describe('the claims of a refresh token', () => {
  it('are those that are issued, whenever that was', () => {
    for (const more of [{}, { iat: 0, exp: 0 }, { iat: NOW + 900, exp: NOW }, { iss: 'before' }])
      expect({ more, accepted: isRefresh(more) }).toEqual({ more, accepted: true });
  });

  it.each([
    ...tried('type', ['access', 'Refresh', '']),
    ...tried('iss', ['there', null]),
    ...tried('aud', ['them', null]),
    ...tried('sub', NO_IDS),
    ...tried('jti', NO_UUIDS),
    ...tried('sid', NO_UUIDS),
    ...tried('iat', NO_TIMES),
    ...tried('exp', NO_TIMES),
  ])('are not any with %j', (claims) => {
    expect(isRefresh(claims)).toBe(false);
  });
});

it('a token has expired from the second of its end and the tolerance, and always on a clock that is none', () => {
  const expired = (now: number) => isExpired({ exp: NOW }, POLICY, now);
  expect([NOW + 4, NOW + 5, NOW + 6, NaN].map(expired)).toEqual([false, true, true, true]);
});

it('a token lives too long from one second over the longest lifetime', () => {
  const tooLong = (seconds: number) => livesTooLong({ iat: NOW, exp: NOW + seconds }, POLICY);
  expect([900, 901].map(tooLong)).toEqual([false, true]);
});
