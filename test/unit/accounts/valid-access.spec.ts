import { validAccess } from '../../../src/accounts/valid-access.js';

const failure = (given: Parameters<typeof validAccess>[0]): unknown => {
  try {
    return validAccess(given);
  } catch (error) {
    return error;
  }
};
const refused = (...details: { field: string; message: unknown }[]) =>
  expect.objectContaining({ code: 'VALIDATION_FAILED', details });

/** Names whose JSON, with that of an empty list, has exactly so many bytes. */
function namesOf(bytes: number): string[] {
  const names = Array.from({ length: 29 }, (_, i) => String(i).padStart(100, 'r'));
  const rest = bytes - Buffer.byteLength(JSON.stringify([names, []])) - ',""'.length;
  return [...names, 'x'.repeat(rest)];
}

it('keeps each name once, in the order given, and nothing for what is missing', () => {
  expect(validAccess({})).toEqual({ roles: [], permissions: [] });
  expect(validAccess({ roles: ['b', 'a', 'b'], permissions: ['a', 'a'] })).toEqual({
    roles: ['b', 'a'],
    permissions: ['a'],
  });
});

it('takes 3072 bytes of JSON, and not one more', () => {
  expect(validAccess({ roles: namesOf(3_072) }).roles).toHaveLength(30);
  const message = expect.stringContaining('at most 3072 bytes of JSON together, but are 3073');
  expect(failure({ roles: namesOf(3_073) })).toEqual(refused({ field: 'roles', message }));
  expect(failure({ permissions: namesOf(3_073) })).toEqual(refused({ field: 'permissions', message }));
});

it.each(['', 'two words', 'a\nb', 'a\u200bb', '\ud800', 'x'.repeat(101)])('refuses the name %j', (name) => {
  const message = `${JSON.stringify(name.slice(0, 40))} cannot be used: write one word of at most 100 characters.`;
  expect(failure({ roles: ['fine', name], permissions: [name] })).toEqual(
    refused({ field: 'roles', message }, { field: 'permissions', message }),
  );
});

it.each(['x'.repeat(100), 'users:read', 'Führung', '管理', '*'])('takes the name %j', (name) => {
  expect(validAccess({ roles: [name] }).roles).toEqual([name]);
});
