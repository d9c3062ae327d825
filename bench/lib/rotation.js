// Refresh in SQL without Latchkey: with its single statement, and as most starters do it.
const SESSION = `
  id, user_id AS "userId", current_jti AS "currentJti", created_at AS "createdAt", rotated_at AS "rotatedAt",
  expires_at AS "expiresAt", absolute_expires_at AS "absoluteExpiresAt", clock_timestamp() AS now`;

export const UPDATE = (sid, jti, next) => `UPDATE refresh_tokens SET
  previous_jti = current_jti, current_jti = ${next}, rotated_at = clock_timestamp(),
  last_used_at = clock_timestamp(),
  expires_at = LEAST(clock_timestamp() + make_interval(secs => 604800), absolute_expires_at)
  WHERE id = ${sid} AND current_jti = ${jti} AND revoked_at IS NULL AND expires_at > clock_timestamp()`;

/** The table from Latchkey's migration, and one with a row for each token. */
export const CREATE_TABLES = [
  `CREATE TABLE refresh_tokens (
     id uuid PRIMARY KEY, user_id text NOT NULL, current_jti uuid NOT NULL, previous_jti uuid,
     created_at timestamptz NOT NULL, rotated_at timestamptz NOT NULL, last_used_at timestamptz NOT NULL,
     expires_at timestamptz NOT NULL, absolute_expires_at timestamptz NOT NULL, revoked_at timestamptz,
     revoked_reason text, ip text, user_agent text
   ) WITH (fillfactor = 70)`,
  `CREATE INDEX ON refresh_tokens (user_id)`,
  `CREATE INDEX ON refresh_tokens (absolute_expires_at)`,
  `CREATE INDEX ON refresh_tokens (revoked_at) WHERE revoked_at IS NOT NULL`,
  `CREATE TABLE tokens (
     jti uuid PRIMARY KEY, sid uuid NOT NULL, user_id text NOT NULL, expires_at timestamptz NOT NULL,
     used_at timestamptz
   )`,
  `CREATE INDEX ON tokens (sid)`,
];

export async function createSession(pool, { sid, jti }) {
  await pool.query(
    `INSERT INTO refresh_tokens
     SELECT $1, 'ada', $2, NULL, now(), now(), now(), now() + interval '7 days', now() + interval '30 days'`,
    [sid, jti],
  );
  await pool.query(`INSERT INTO tokens VALUES ($1, $2, 'ada', now() + interval '7 days')`, [jti, sid]);
}

const ADVANCE = { name: 'advance', text: `${UPDATE('$1', '$2', '$3')} RETURNING ${SESSION}` };

export async function advance(pool, { sid, jti, next }) {
  const { rowCount } = await pool.query({ ...ADVANCE, values: [sid, jti, next] });
  return rowCount === 1;
}

const LOOK = {
  name: 'look',
  text: 'SELECT * FROM tokens WHERE jti = $1 AND used_at IS NULL AND expires_at > now() FOR UPDATE',
};
const USE = { name: 'use', text: 'UPDATE tokens SET used_at = now() WHERE jti = $1' };
const ADD = { name: 'add', text: `INSERT INTO tokens VALUES ($1, $2, 'ada', now() + interval '7 days')` };

export async function advanceInThreeStatements(pool, { sid, jti, next }) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const { rowCount } = await client.query({ ...LOOK, values: [jti] });
    if (rowCount === 1) {
      await client.query({ ...USE, values: [jti] });
      await client.query({ ...ADD, values: [next, sid] });
    }
    await client.query('COMMIT');
    return rowCount === 1;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
