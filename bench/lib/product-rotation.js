// The product's own statement for a refresh, from its build.
import { sessionAndUserStatements } from '../../dist/sessions/rotation-statements.js';
import { OUR_COLUMNS } from '../../dist/users/user-columns.js';

/** Seconds, the first parameter. */
export const IDLE_TTL = 604_800;
/** Bytes that roles and permissions may have, the last parameter. */
export const ROOM = 1_000;

export const rotation = sessionAndUserStatements('refresh_tokens', {
  table: 'users',
  disabled: OUR_COLUMNS.disabled,
});
