// What PostgreSQL itself spends on the connections of one database.
import { readFileSync } from 'node:fs';

/** Nanoseconds that a process has run, without the time it waited for a core; `NaN` where nobody counts them. */
export function runTime(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ')[0]);
  } catch {
    return NaN;
  }
}

export async function connectionsOf(client) {
  const { rows } = await client.query(
    `SELECT pid FROM pg_stat_activity WHERE datname = current_database()
       AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  return rows.map(({ pid }) => pid);
}
