import { ValidationFailedError } from '../errors/auth-errors.js';
import type { UserAccess } from '../users/user-store.js';

/** One short word, so that it can be used in a list, a header, a command line, and a token that still fits in a cookie. */
const NAME = /^[^\s\p{Cc}\p{Cf}]{1,100}$/u;
const SHOWN_CHARACTERS = 40;

/** Together with the largest `jwt.claims`, these still fit into the longest access token that is accepted. */
const MAX_BYTES = 3072;

/**
 * Returns the roles and permissions without duplicates, as they are stored.
 * @throws ValidationFailedError listing the invalid names, or when an access token has no room for all of them
 */
export function validAccess({ roles = [], permissions = [] }: Partial<UserAccess>): UserAccess {
  const details = [...problems('roles', roles), ...problems('permissions', permissions)];
  if (details.length > 0) throw new ValidationFailedError({ details });
  const access = { roles: [...new Set(roles)], permissions: [...new Set(permissions)] };
  const size = Buffer.byteLength(JSON.stringify([access.roles, access.permissions]));
  if (size > MAX_BYTES) throw new ValidationFailedError({ details: [tooMuch(access, size)] });
  return access;
}

/** A user with these could not log in. */
function tooMuch({ roles, permissions }: UserAccess, size: number) {
  return {
    field: roles.join().length > permissions.join().length ? 'roles' : 'permissions',
    message: `Roles and permissions must be at most ${MAX_BYTES} bytes of JSON together, but are ${size}: an access token has no room for more.`,
  };
}

function problems(field: string, names: string[]) {
  return names
    .filter((name) => !NAME.test(name) || !name.isWellFormed())
    .map((name) => ({
      field,
      message: `${JSON.stringify(name.slice(0, SHOWN_CHARACTERS))} cannot be used: write one word of at most 100 characters.`,
    }));
}
