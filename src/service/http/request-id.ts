import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What the logs of a proxy in front may already call the request; anything else is replaced, so that it can be logged. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{1,64}$/.test(given) ? given : randomUUID();
}
