import { createHash } from 'node:crypto';
import type { Revocation } from './revocation-list.js';

/** A revocation with its times. */
export interface RevocationEntry extends Revocation {
  /** When it was made. A user's revocation does not affect tokens issued later. */
  since: Date;
  /** When the last access token it affects has expired. */
  until: Date;
}

/** The channel, in PostgreSQL and in Redis, on which instances notify each other of revocations. */
export const REVOKED = 'latchkey_revocations';

/** The message that there are too many new revocations to send them. */
export const LOOK = 'look';

const KINDS: ReadonlySet<string> = new Set<Revocation['kind']>([
  'session',
  'token',
  'user',
  'user-sessions',
  'all',
]);

/** Parses a message, `kind id since until` with times in milliseconds; returns `null` for anything else. */
export function parseRevocation(message: string): RevocationEntry | null {
  const idStart = message.indexOf(' ') + 1;
  const untilStart = message.lastIndexOf(' ') + 1;
  const sinceStart = message.lastIndexOf(' ', untilStart - 2) + 1;
  const kind = message.slice(0, idStart - 1);
  const since = Number(message.slice(sinceStart, untilStart - 1) || NaN);
  const until = Number(message.slice(untilStart) || NaN);
  if (sinceStart <= idStart + 1 || !KINDS.has(kind) || !(since >= 0) || !(until >= 0)) return null;
  return {
    kind: kind as Revocation['kind'],
    id: message.slice(idStart, sinceStart - 1),
    since: new Date(since),
    until: new Date(until),
  };
}

/** The default table keeps the channel of earlier versions. */
const DEFAULT_TABLE = '"revocations"';

/** The channel of a table in PostgreSQL: two modules with different schemas in one database do not hear each other. */
export function channelOf(table: string): string {
  if (table === DEFAULT_TABLE) return REVOKED;
  return `${REVOKED}_${createHash('sha256').update(table).digest('hex').slice(0, 16)}`;
}
