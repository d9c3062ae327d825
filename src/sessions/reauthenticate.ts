import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import type { SessionAuthentication } from './authentication.js';
import { LIVE, SESSION_COLUMNS } from './session-columns.js';
import type { Session } from './session-types.js';

/** See `SessionStore.reauthenticate`. */
export async function reauthenticate(
  dataSource: DataSource,
  table: string,
  { sid, userId, acr, amr }: SessionAuthentication & { sid: string; userId: string },
): Promise<Session | null> {
  const { rows } = await runStatement<Session>(dataSource, {
    text: `UPDATE ${table} SET auth_time = clock_timestamp(), amr = $3, acr = $4
      WHERE id = $1 AND user_id = $2 AND ${LIVE} RETURNING ${SESSION_COLUMNS}`,
    values: [sid, userId, amr, acr],
  });
  return rows[0] ?? null;
}

/** See `SessionStore.lower`. */
export async function lower(
  dataSource: DataSource,
  table: string,
  { sid, userId }: { sid: string; userId: string },
): Promise<boolean> {
  const { count } = await runStatement(dataSource, {
    text: `UPDATE ${table} SET acr = 'pwd', amr = CASE WHEN amr IS NULL OR 'pwd' = ANY (amr) THEN '{pwd}' ELSE amr END
      WHERE id = $1 AND user_id = $2 AND ${LIVE}`,
    values: [sid, userId],
  });
  return count === 1;
}
