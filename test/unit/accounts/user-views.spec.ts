import type { UserRecord } from '../../../src/users/user-store.js';
import { UserViews } from '../../../src/accounts/user-views.js';

const HASH = '$2b$04$0123456789abcdefghijkl';
const USER: UserRecord = {
  id: 'ada',
  email: 'ada@example.com',
  name: null,
  roles: ['admin'],
  permissions: ['users:read'],
  passwordHash: HASH,
  disabled: false,
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
};
const VIEW = {
  id: 'ada',
  email: 'ada@example.com',
  name: null,
  roles: ['admin'],
  permissions: ['users:read'],
  createdAt: '2026-01-02T03:04:05.678Z',
};
const withHook = (added: unknown, user = USER) => new UserViews(() => added as object).of(user);
const problemOf = (added: unknown, user = USER) =>
  withHook(added, user).then(
    () => 'none',
    ({ cause }: { cause: Error }) => cause.message,
  );

it('a user is shown without the password hash and what else the store has', async () => {
  expect(await new UserViews().of({ ...USER, secret: 'x' } as UserRecord)).toStrictEqual(VIEW);
});

it('what the host adds is shown as JSON has it, and may replace anything but the id', async () => {
  const added = { id: 'bob', name: 'Ada', since: new Date(0), address: { city: 'Bern' }, gone: undefined };
  const shown = { ...VIEW, name: 'Ada', since: '1970-01-01T00:00:00.000Z', address: { city: 'Bern' } };
  expect(await withHook(added)).toStrictEqual(shown);
  expect(await withHook({ name: null })).toStrictEqual(VIEW);
  expect(await withHook(JSON.parse('{"__proto__": {"a": 1}, "b": 2}'))).toStrictEqual({ ...VIEW, b: 2 });
});

it.each([
  ['email', { email: 7 }],
  ['name', { name: 7 }],
  ['roles', { roles: 'admin' }],
  ['roles', { roles: ['admin', 7] }],
  ['permissions', { permissions: null }],
  ['createdAt', { createdAt: 0 }],
])('a host that changes the type of %s is told so: %j', async (name, added) => {
  expect(await problemOf(added)).toBe(`userView changed the type of ${name}`);
});

it.each<[string, unknown]>([
  ['as it is', { passwordHash: HASH }],
  ['under its name, whatever it is', { passwordHash: undefined }],
  ['where JSON does not look', Object.defineProperty({}, 'passwordHash', { value: HASH })],
  ['inside', { profile: { passwordHash: 'x' } }],
  ['under another name', { hash: HASH }],
  ['in a list', { hashes: [HASH] }],
  ['in a longer text', { note: `hash: ${HASH}` }],
])('a host that shows the password hash is stopped: %s', async (_how, added) => {
  expect(await problemOf(added)).toBe('userView returned the password hash');
});

it('a short hash is looked for as a whole only, and none not at all', async () => {
  const short = { ...USER, passwordHash: 'a'.repeat(15) };
  expect(await problemOf({ note: `x${'a'.repeat(15)}` }, short)).toBe('none');
  expect(await problemOf({ note: 'a'.repeat(15) }, short)).toBe('userView returned the password hash');
  const sure = { ...USER, passwordHash: 'a'.repeat(16) };
  expect(await problemOf({ note: `x${'a'.repeat(16)}` }, sure)).toBe('userView returned the password hash');
  for (const passwordHash of [null, ''])
    expect(await problemOf({ note: '', name: 'Ada' }, { ...USER, passwordHash })).toBe('none');
});

it('what JSON cannot hold, and what is no object in JSON, is refused', async () => {
  expect(await problemOf({ count: 1n })).toBe('userView returned what JSON cannot hold');
  for (const toJSON of [() => 'text', () => undefined, () => null, () => [1]])
    expect(await problemOf({ toJSON })).toBe('userView must return an object');
});
