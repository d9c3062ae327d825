import { STEP_SECONDS } from '../mfa/factor-store.js';
import { codeOf, fromBase32 } from '../mfa/totp.js';

/**
 * The code that an authenticator app shows (RFC 6238): for tests of a login with a second factor. Each code is accepted
 * once, and none after a later one; add 30 seconds to the clock for the next.
 * @param secret in base32, as `POST /auth/totp` returns it
 * @param clock milliseconds since the epoch. Default: now
 */
export function totpCode(secret: string, clock: () => number = Date.now): string {
  return codeOf(fromBase32(secret), Math.floor(clock() / 1_000 / STEP_SECONDS));
}
