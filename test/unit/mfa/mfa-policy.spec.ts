import { isRequiredOf, type MfaPolicy } from '../../../src/mfa/mfa-policy.js';

it.each<[MfaPolicy, string[], boolean]>([
  ['optional', ['admin'], false],
  ['required', [], true],
  [{ roles: ['admin', 'owner'] }, ['owner', 'reader'], true],
  [{ roles: ['admin', 'owner'] }, ['reader'], false],
  [{ roles: ['admin'] }, [], false],
])('the policy %j means somebody with the roles %j: %s', (policy, roles, isRequired) => {
  expect(isRequiredOf(policy, { roles })).toBe(isRequired);
});
