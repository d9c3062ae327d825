// How PostgreSQL executes the product's statements on a table of this size; rolled back.
import { UPDATE } from './rotation.js';
import { firstJtiOf, sidOf, userOf } from './session-rows.js';

export async function plansOf(client, count) {
  const n = Math.floor(count / 2);
  const quoted = (text) => `'${text}'`;
  const statements = {
    refresh: UPDATE(quoted(sidOf(n)), quoted(firstJtiOf(n)), 'gen_random_uuid()'),
    list: `SELECT id, created_at, last_used_at, expires_at, ip, user_agent FROM refresh_tokens
      WHERE user_id = ${quoted(userOf(n))} AND revoked_at IS NULL AND expires_at > clock_timestamp()
      ORDER BY last_used_at DESC`,
    cleanup: `DELETE FROM refresh_tokens WHERE id IN (SELECT id FROM refresh_tokens
      WHERE absolute_expires_at < now() ORDER BY absolute_expires_at LIMIT 1000 FOR UPDATE SKIP LOCKED)`,
  };
  const plans = {};
  for (const [name, statement] of Object.entries(statements)) {
    await client.query('BEGIN');
    const { rows } = await client.query(`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) ${statement}`);
    await client.query('ROLLBACK');
    plans[name] = rows.map((row) => row['QUERY PLAN']);
  }
  return plans;
}
