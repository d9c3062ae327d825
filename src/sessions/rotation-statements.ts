import { LIVE, SESSION_COLUMNS } from './session-columns.js';
import type { Presentation, Session } from './session-types.js';

/** How refresh tokens are replaced in SQL. The first parameter is the idle lifetime in seconds; more follow it. */
export interface RotationStatements<Presented extends Presentation = Presentation> {
  /** For one token: waits for whoever is changing its session. */
  alone: string;
  /** For arrays of them: leaves out sessions that somebody is changing. */
  together: string;
  /** The parameters of {@link alone}; those of {@link together} are arrays of each. */
  valuesOf(presented: Presented): unknown[];
}

/** A presented token whose session is moved on only if its user has at most `room` bytes of roles and permissions. */
export interface UserPresentation extends Presentation {
  userId: string;
  room: number;
}

/** A session, and what its user may do. */
export interface SessionOfUser extends Session {
  roles: string[];
  permissions: string[];
}

/** A table of users, and the condition for a user who is disabled. */
export interface UserTable {
  table: string;
  disabled: string;
}

const advanceTo = (jti: string) => `
  previous_jti = current_jti, current_jti = ${jti}, rotated_at = clock_timestamp(), last_used_at = clock_timestamp(),
  expires_at = LEAST(clock_timestamp() + make_interval(secs => $1::float8), absolute_expires_at)`;

export function sessionStatements(table: string): RotationStatements {
  return {
    alone: `
      UPDATE ${table} SET ${advanceTo('$4')}
      WHERE id = $2 AND current_jti = $3 AND ${LIVE}
      RETURNING ${SESSION_COLUMNS}`,
    together: `
      WITH free AS MATERIALIZED (
        SELECT sid, jti, next_jti FROM ${table} AS session
        JOIN unnest($2::uuid[], $3::uuid[], $4::uuid[]) AS presented (sid, jti, next_jti) ON session.id = sid
        WHERE current_jti = jti AND ${LIVE}
        FOR NO KEY UPDATE OF session SKIP LOCKED
      )
      UPDATE ${table} AS session SET ${advanceTo('next_jti')}
      FROM free WHERE session.id = sid AND current_jti = jti AND ${LIVE}
      RETURNING ${SESSION_COLUMNS}`,
    valuesOf: ({ sid, jti, nextJti }) => [sid, jti, nextJti],
  };
}

/** Statements that also read the user, and change nothing for one who is disabled or unknown, or has too many roles. */
export function sessionAndUserStatements(
  table: string,
  users: UserTable,
): RotationStatements<UserPresentation> {
  const owner = `(
    SELECT id AS owner_id, roles, permissions, octet_length(roles::text) + octet_length(permissions::text) AS size
    FROM ${users.table} WHERE NOT (${users.disabled})
  ) AS owner`;
  return {
    alone: `
      UPDATE ${table} AS session SET ${advanceTo('$4')}
      FROM ${owner}
      WHERE id = $2 AND current_jti = $3 AND ${LIVE} AND owner_id = $5 AND size <= $6
      RETURNING ${SESSION_COLUMNS}, owner.roles, owner.permissions`,
    together: `
      WITH free AS MATERIALIZED (
        SELECT sid, jti, next_jti, owner.roles, owner.permissions FROM ${table} AS session
        JOIN unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::int[])
          AS presented (sid, jti, next_jti, owner_id, room) ON session.id = sid
        JOIN ${owner} USING (owner_id)
        WHERE current_jti = jti AND ${LIVE} AND size <= room
        FOR NO KEY UPDATE OF session SKIP LOCKED
      )
      UPDATE ${table} AS session SET ${advanceTo('next_jti')}
      FROM free WHERE session.id = sid AND current_jti = jti AND ${LIVE}
      RETURNING ${SESSION_COLUMNS}, free.roles, free.permissions`,
    valuesOf: ({ sid, jti, nextJti, userId, room }) => [sid, jti, nextJti, userId, room],
  };
}
