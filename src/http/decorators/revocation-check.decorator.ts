import { SetMetadata } from '@nestjs/common';
import type { RevocationCheck as Check } from '../../revocation/revocation-check.js';

export const REVOCATION_CHECK = 'latchkey:revocation-check';

/**
 * How `JwtAuthGuard` finds out whether a token was revoked, on a route or a controller: `deny-list` looks in memory,
 * `stateless` does not look at all (a token is good until it expires), `strict` asks the database.
 */
export const RevocationCheck = (check: Check) => SetMetadata(REVOCATION_CHECK, check);

/** For what must not happen a moment too late: the database is asked whether the session lives and the user may act. */
export const StrictSession = () => RevocationCheck('strict');
