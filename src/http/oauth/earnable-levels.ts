import type { ResolvedAuthOptions } from '../../options/resolve-options.js';
import type { AuthenticationLevel } from '../../sessions/authentication.js';

/**
 * The values of `acr` that the endpoints can give, weakest first. What a login of the host's own adds is not known here.
 * Recovery codes come with another factor, so alone they earn nothing.
 */
export function earnableLevels({
  mfa,
  passkeys,
}: Pick<ResolvedAuthOptions, 'mfa' | 'passkeys'>): AuthenticationLevel[] {
  const hasMfa = mfa?.totp.enabled || (mfa?.recoveryCodes && passkeys);
  return ['pwd', ...(hasMfa ? (['mfa'] as const) : []), ...(passkeys ? (['phr'] as const) : [])];
}
