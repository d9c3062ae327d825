import type { DataSource } from 'typeorm';
import { runStatement } from '../../database/statement.js';
import { tableOf } from '../../database/table-of.js';
import { RefreshToken } from '../../sessions/refresh-token.entity.js';
import type { AuthModuleParts } from '../auth-module-parts.js';

/** Where a module keeps what it knows. */
export interface Tables {
  /** What the options of the data source say; the data source itself if it has none. */
  named: string | DataSource;
  /** What the server says: one place has many addresses. `undefined`: it does not answer. */
  found: string | undefined;
}

/** `undefined`: all stores are the host's. */
export async function tablesOf(
  { userStore, sessionStore, revocationList }: AuthModuleParts,
  source: DataSource,
): Promise<Tables | undefined> {
  if (userStore && sessionStore && revocationList) return undefined;
  // A host's test double may have less.
  if (typeof source.hasMetadata !== 'function' || !source.hasMetadata(RefreshToken))
    return { named: source, found: undefined };
  const { url, host, port, database } = source.options as unknown as Record<string, unknown>;
  const path = tableOf(source, RefreshToken);
  return { named: JSON.stringify([url, host, port, database, path]), found: await placeOf(source, path) };
}

export function areSame(one: Tables | undefined, other: Tables | undefined): boolean {
  if (!one || !other) return false;
  return one.named === other.named || (one.found !== undefined && one.found === other.found);
}

/**
 * The server by the moment at which it started, since managed servers do not let everyone read the system identifier,
 * and the table by its id, however its schema was named.
 */
export async function placeOf(
  source: DataSource,
  path = tableOf(source, RefreshToken),
): Promise<string | undefined> {
  try {
    const { rows } = await runStatement<{ place: string }>(source, {
      text: `SELECT concat_ws(' ', extract(epoch FROM pg_postmaster_start_time()), current_database(),
               coalesce(to_regclass($1)::oid::text, $1)) AS place`,
      values: [path],
    });
    return rows[0]!.place;
  } catch {
    return undefined;
  }
}
