import { SOURCES } from '../../../src/cli/import/sources.js';
import { time } from '../../../src/cli/import/values.js';

const NEVER_OVER: unknown[] = [
  4_102_444_800, // 2100, in seconds
  '4102444800',
  4_102_444_800_000,
  '4102444800.5',
  0,
  '0',
  '0.0',
  -1,
  1e21,
  99_999_999_999,
  'infinity',
  '-infinity',
  'null',
  'never',
  '5',
  '0001-01-01 00:00:00+00',
  '1970-01-01T00:00:00Z',
  '',
  null,
  undefined,
  { $date: 1 },
  true,
];
const OVER: unknown[] = [
  1_600_000_000,
  '1600000000',
  1_600_000_000_000,
  '2020-01-01T00:00:00Z',
  '2020-01-01',
];

const user = { id: 'a', email: 'a@example.com' };
const betterAuth = (banExpires: unknown) =>
  SOURCES['better-auth'].accountOf({ ...user, banned: true, banExpires }).disabled;
const supabase = (banned_until: unknown) => SOURCES.supabase.accountOf({ ...user, banned_until }).disabled;

describe('a ban of another system', () => {
  it.each(NEVER_OVER)('stays while its end is %p', (end) => {
    expect(betterAuth(end)).toBe(true);
    // In Supabase, the end is the ban.
    expect(supabase(end)).toBe(end !== '' && end !== null && end !== undefined);
  });

  it.each(OVER)('is over after %p', (end) => {
    expect([betterAuth(end), supabase(end)]).toEqual([false, false]);
  });

  it('stays where a flag says so, or does not say that the user may log in', () => {
    expect(SOURCES.auth0.accountOf({ ...user, blocked: 'true' }).disabled).toBe(true);
    expect(SOURCES.clerk.accountOf({ ...user, banned: false, locked: true }).disabled).toBe(true);
    expect(SOURCES.firebase.accountOf({ ...user, disabled: 1 }).disabled).toBe(true);
    expect(SOURCES.keycloak.accountOf(user).disabled).toBe(true);
    expect(SOURCES.latchkey.accountOf({ ...user, disabled: 't' }).disabled).toBe(true);
    for (const flag of [{ blocked: 'yes' }, { blocked: 2 }, { blocked: 'NULL' }])
      expect(() => SOURCES.auth0.accountOf({ ...user, ...flag })).toThrow('blocked must be true or false');
  });
});

it.each([
  [1_700_000_000, '2023-11-14T22:13:20.000Z'],
  ['1700000000', '2023-11-14T22:13:20.000Z'],
  [1_700_000_000_000, '2023-11-14T22:13:20.000Z'],
  ['2023-11-14T22:13:20Z', '2023-11-14T22:13:20.000Z'],
  [0, undefined],
  ['12', undefined],
  ['soon', undefined],
])('the time %p is %s', (createdAt, expected) => {
  expect(time({ createdAt }, 'createdAt')?.toISOString()).toBe(expected);
});
