import { ValidationFailedError } from '../errors/auth-errors.js';
import type { UserAccess } from '../users/user-store.js';

/** One short word, so that it can be used in a list, a header, a command line, and a token that still fits in a cookie. */
const NAME = /^[^\s\p{Cc}\p{Cf}]{1,100}$/u;
const SHOWN_CHARACTERS = 40;

/**
 * Returns the roles and permissions without duplicates, as they are stored.
 * @throws ValidationFailedError listing the invalid names
 */
export function validAccess({ roles = [], permissions = [] }: Partial<UserAccess>): UserAccess {
  const details = [...problems('roles', roles), ...problems('permissions', permissions)];
  if (details.length > 0) throw new ValidationFailedError({ details });
  return { roles: [...new Set(roles)], permissions: [...new Set(permissions)] };
}

function problems(field: string, names: string[]) {
  return names
    .filter((name) => !NAME.test(name) || !name.isWellFormed())
    .map((name) => ({
      field,
      message: `${JSON.stringify(name.slice(0, SHOWN_CHARACTERS))} cannot be used: write one word of at most 100 characters.`,
    }));
}
