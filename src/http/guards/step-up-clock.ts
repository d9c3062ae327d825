import { StepUpRequiredError } from '../../errors/auth-errors.js';
import { reachesLevel } from '../../sessions/authentication.js';
import type { AuthUser } from '../../transports/auth-user.js';
import type { StepUpRequirement } from '../decorators/step-up.decorator.js';

/** The clock by which access tokens expire, for `@StepUp`. */
export class StepUpClock {
  /**
   * @param clock milliseconds since the epoch
   * @param tolerance allowed difference between clocks, in seconds
   */
  constructor(
    private readonly clock: () => number,
    private readonly tolerance: number,
  ) {}

  /** @throws StepUpRequiredError when the user has not authenticated so recently, or not so strongly */
  assertMeets(user: AuthUser, { acr, maxAge }: StepUpRequirement): void {
    // A host may put users of its own into the request.
    const claims: Partial<AuthUser['claims']> = user.claims ?? {};
    const latest = Number(claims.auth_time) + maxAge + this.tolerance;
    // Written so that a time that is not a number counts as too long ago.
    const isRecent = Math.floor(this.clock() / 1000) <= latest;
    if (!isRecent || !reachesLevel(claims.acr, acr)) throw new StepUpRequiredError({ acr, maxAge });
  }
}
