/** Of a session that has neither ended nor expired. */
export const LIVE = 'revoked_at IS NULL AND expires_at > clock_timestamp()';

/** The columns of a `Session`. */
export const SESSION_COLUMNS = `
  id, user_id AS "userId", current_jti AS "currentJti", created_at AS "createdAt", rotated_at AS "rotatedAt",
  expires_at AS "expiresAt", absolute_expires_at AS "absoluteExpiresAt", clock_timestamp() AS now,
  auth_time AS "authTime", amr, acr`;
