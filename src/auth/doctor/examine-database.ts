import type { DataSource } from 'typeorm';
import { saysReadOnly } from '../../database/read-only.js';
import { pendingMigrations } from '../../database/run-migrations.js';
import { runStatement } from '../../database/statement.js';
import { type DoctorAdvice, type Finding, reasonOf } from './finding.js';

const MAX_CLOCK_DIFFERENCE_MS = 5_000;

/** Checks the connection, the clock and the migrations of a data source that has been initialized. Never rejects. */
export async function examineDataSource(source: DataSource, advice: DoctorAdvice): Promise<Finding[]> {
  try {
    const began = performance.now();
    const { rows } = await runStatement<{ version: string; now: string }>(source, {
      text: `SELECT current_setting('server_version') AS version,
               (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now`,
      values: [],
    });
    const answered = performance.now();
    const { version, now } = rows[0]!;
    const message = `PostgreSQL ${version} answers in ${Math.round(answered - began)} ms`;
    const readOnly = await saysReadOnly(source);
    return [
      { check: 'database', state: 'ok', message },
      ...(readOnly ? [server(advice)] : []),
      clock(Math.round(Math.abs(Number(now) - Date.now())), advice),
      ...(await examineSchema(source, advice)),
    ];
  } catch (error) {
    return [{ check: 'database', state: 'problem', message: `${reasonOf(error)}: ${advice.database}` }];
  }
}

function server(advice: DoctorAdvice): Finding {
  const message = `is read-only, perhaps a standby: ${advice.server}`;
  return { check: 'server', state: 'problem', message };
}

function clock(difference: number, advice: DoctorAdvice): Finding {
  const message = `differs from the database clock by ${difference} ms`;
  return difference <= MAX_CLOCK_DIFFERENCE_MS
    ? { check: 'clock', state: 'ok', message }
    : { check: 'clock', state: 'problem', message: `${message}: ${advice.clock}` };
}

async function examineSchema(source: DataSource, advice: DoctorAdvice): Promise<Finding[]> {
  const finding = (state: Finding['state'], message: string): Finding[] => [
    { check: 'schema', state, message },
  ];
  try {
    const pending = await pendingMigrations(source);
    if (pending.length === 0) return finding('ok', 'is up to date');
    const isEmpty = pending.length === source.migrations.length;
    const what = isEmpty ? 'has no tables yet' : `lacks migrations (${pending.join(', ')})`;
    return finding('warning', `${what}: ${advice.schema}`);
  } catch (error) {
    return finding('problem', `cannot be checked: ${reasonOf(error)}`);
  }
}
