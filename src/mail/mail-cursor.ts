import { isUuid } from '../database/uuid.js';
import { ValidationFailedError } from '../errors/auth-errors.js';

/** Where a page of mails ended. */
export interface MailPlace {
  /** As PostgreSQL prints it, or in ISO 8601. */
  at: string;
  id: string;
}

export const printPlace = ({ at, id }: MailPlace): string => Buffer.from(`${at} ${id}`).toString('base64url');

/** @throws ValidationFailedError */
export function parsePlace(cursor: string): MailPlace {
  const [, at = '', id = ''] = /^(.+) (.+)$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z$/.test(at) && isUuid(id)) return { at, id };
  throw new ValidationFailedError({
    details: [{ field: 'cursor', message: 'cursor must be the nextCursor of a page' }],
  });
}
