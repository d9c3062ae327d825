import { InvalidTokenError } from '../../errors/auth-errors.js';
import type { AuthUser } from '../../transports/auth-user.js';

/**
 * The headers that name the user to the app behind a proxy. Roles are separated by commas. Whatever could end a value,
 * or is not ASCII, is percent-encoded in UTF-8 (RFC 3986 §2.1), and so are `%` and commas.
 * @throws InvalidTokenError for an id that no header can name: the app would take it for nobody or for someone else
 */
export function identityHeaders({ id, sessionId, roles }: AuthUser): Record<string, string> {
  return {
    'X-Auth-User': encoded(id),
    'X-Auth-Session': encoded(sessionId),
    'X-Auth-Roles': roles
      .filter((role) => role !== '')
      .map(encoded)
      .join(','),
  };
}

function encoded(value: unknown): string {
  if (typeof value !== 'string' || value === '' || !value.isWellFormed()) throw new InvalidTokenError();
  return value.replaceAll(/[^!-~]|[%,]/gu, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
