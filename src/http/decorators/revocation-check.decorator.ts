import { SetMetadata } from '@nestjs/common';
import type { RevocationCheck as Check } from '../../revocation/revocation-check.js';

export const REVOCATION_CHECK = 'latchkey:revocation-check';

/**
 * Sets how `JwtAuthGuard` checks for revocation on a route or a controller: `deny-list` checks in memory, `stateless`
 * does not check (a token is valid until it expires), `strict` also asks the database.
 */
export const RevocationCheck = (check: Check) => SetMetadata(REVOCATION_CHECK, check);

/** Makes `JwtAuthGuard` ask the database, on each request, whether the session is live and the user is not disabled. */
export const StrictSession = () => RevocationCheck('strict');
