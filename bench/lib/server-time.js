// What PostgreSQL itself spends on the connections of one database.
import { readFileSync } from 'node:fs';

/** Microseconds of processor time so far, as /proc counts it: in hundredths of a second. None but on Linux. */
export function serverTime(pids) {
  const sum = { user: 0, kernel: 0 };
  if (process.platform !== 'linux') return sum;
  for (const pid of pids) {
    // The name of the process may contain spaces, but no other parenthesis follows it.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    sum.user += Number(fields[11]) * 10_000;
    sum.kernel += Number(fields[12]) * 10_000;
  }
  return sum;
}

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
