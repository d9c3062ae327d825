import type { DataSource } from 'typeorm';
import { saysReadOnly } from '../../database/read-only.js';
import { pendingMigrations } from '../../database/run-migrations.js';
import { runStatement } from '../../database/statement.js';
import { examineClock } from './examine-clock.js';
import { reasonOf } from '../../database/without-passwords.js';
import type { DoctorAdvice, Finding } from './finding.js';

/**
 * Checks the connection, the clock and the migrations of a data source that has been initialized. Never rejects.
 * @param used whether there are authenticator apps
 */
export async function examineDataSource(
  source: DataSource,
  advice: DoctorAdvice,
  { totp = false }: { totp?: boolean } = {},
): Promise<Finding[]> {
  try {
    const asked = Date.now();
    const began = performance.now();
    const { rows } = await runStatement<{ version: string; now: string }>(source, {
      text: `SELECT current_setting('server_version') AS version,
               (extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now`,
      values: [],
    });
    const answered = Date.now();
    const { version, now } = rows[0]!;
    const message = `PostgreSQL ${version} answers in ${Math.round(performance.now() - began)} ms`;
    const readOnly = await saysReadOnly(source);
    return [
      { check: 'database', state: 'ok', message },
      ...(readOnly ? [server(advice)] : []),
      examineClock({ asked, database: Number(now), answered }, advice, totp),
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
