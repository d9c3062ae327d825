import { ValidationFailedError } from '../errors/auth-errors.js';
import type { UserAccess } from '../users/user-store.js';

/** One word, so that it can be used in a list, a header and a command line. */
const NAME = /^[^\s\p{Cc}]+$/u;

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
      message: `${JSON.stringify(name)} cannot be used: write one word without spaces.`,
    }));
}
