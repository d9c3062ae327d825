import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Returns the request id that a proxy may have set already. Anything that is not safe to log is replaced. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}
