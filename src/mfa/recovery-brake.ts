import type { AccountState } from '../actions/account-states.js';
import { StepUpRequiredError } from '../errors/auth-errors.js';
import { reachesLevel } from '../sessions/authentication.js';

/** How long ago a user may have authenticated who changes what their account depends on, in seconds. */
export const RECENT_SECONDS = 300;

/** How long an administrator's reset waits, and how long a recovery is felt, unless the options say otherwise: in seconds. */
export const RECOVERY_DEFAULTS = { resetDelay: 86_400, recoveryBrake: 86_400 } as const;

/**
 * Keeps somebody who has got into an account by a recovery from taking it away at once: for some time, what would do that
 * needs a passkey. A phished recovery code, or a talked-over administrator, is then noticed by the owner first.
 * @param acr of the session
 * @param brake as it is inside the transaction of the change
 * @throws StepUpRequiredError that says until when to wait
 */
export function assertNotBraked(acr: string | undefined, { brake }: Pick<AccountState, 'brake'>): void {
  if (!brake || reachesLevel(acr, 'phr')) return;
  const until = brake.until.toISOString();
  throw new StepUpRequiredError({
    acr: 'phr',
    maxAge: RECENT_SECONDS,
    retryAfter: brake.seconds,
    message: `The account was recovered a short time ago: use a passkey to do this, or wait until ${until}.`,
  });
}
