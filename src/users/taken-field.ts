import { ValidationFailedError } from '../errors/auth-errors.js';
import type { UserColumns } from './user-columns.js';

const UNIQUE_VIOLATION = '23505';

/** For a value that must be unique and is taken: the error that names its field. `undefined` for any other error. */
export function takenField(error: unknown, columns: UserColumns): ValidationFailedError | undefined {
  const { code, detail } = Object(error) as { code?: string; detail?: string };
  if (code !== UNIQUE_VIOLATION) return undefined;
  // Such as: Key (lower(user_name))=(ada) already exists.
  const key = /\((.+?)\)=\(/.exec(String(detail))?.[1] ?? '';
  const field = columns.fieldOf(key);
  return field === undefined
    ? undefined
    : new ValidationFailedError({ details: [{ field, message: `${field} is taken` }] });
}
