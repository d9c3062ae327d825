import { randomUUID } from 'node:crypto';

/** The number of the database with the users, where sessions have random ids. */
export const MAIN = 0;

/** Returns the id of a session to be kept in this database: a UUID of version 8 (RFC 9562 §5.8) with the number in front. */
export function sessionIdOn(shard: number): string {
  const id = randomUUID();
  return shard === MAIN ? id : `${shard.toString(16).padStart(4, '0')}${id.slice(4, 14)}8${id.slice(15)}`;
}

/** The number of the database that keeps the session with this id. Cheap, because the guard asks it. */
export function shardOf(sid: string): number {
  return sid.charAt(14) === '8' ? Number.parseInt(sid.slice(0, 4), 16) : MAIN;
}
