import { RateLimitedError, UnavailableError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { ClientInfo } from '../sessions/session-types.js';
import { factorCounter, type LoginAttempts } from '../users/login-attempts.js';

/** Where the budget is counted. */
type Attempts = Pick<LoginAttempts, 'begin' | 'giveBack' | 'succeeded' | 'resetFactors'>;

/**
 * One budget of failures for everything that proves a second factor of an account: all its factors, at login and step-up,
 * in all tickets and sessions together. After a few failures, each further attempt must wait, longer each time, up to
 * `accountProtection.maxDelay`: nobody guesses without limit, and the owner is never locked out for good.
 *
 * It is counted even where `accountProtection` is off, because six digits are no match for unlimited guesses.
 */
export class FactorBudget {
  constructor(
    private readonly attempts: Attempts,
    private readonly events: Pick<AuthEvents, 'emit'>,
  ) {}

  /**
   * Runs `check` as one attempt, which has been counted as a failure before: however many arrive in parallel, no more
   * proceed than the delay allows. `null` means that the answer was wrong; any other result resets the count; an error
   * does not count.
   * @throws RateLimitedError before calling `check` if the account has to wait
   */
  async attempt<T>(userId: string, check: () => Promise<T | null>, client?: ClientInfo): Promise<T | null> {
    const attempt = await this.attempts.begin(factorCounter(userId));
    if (attempt.outcome !== 'allowed') {
      this.events.emit({ type: 'throttled', limit: 'account', ...client, userId });
      throw new RateLimitedError({ retryAfter: attempt.outcome === 'waiting' ? attempt.wait : 1 });
    }
    const result = await check().catch(async (error: unknown) => {
      await unlessDown(this.attempts.giveBack(attempt));
      throw error;
    });
    if (result !== null) await unlessDown(this.attempts.succeeded(attempt));
    return result;
  }

  /** Forgets all failures: an operator lets the owner try again immediately. */
  async forget(userId: string): Promise<void> {
    await this.attempts.resetFactors(userId);
  }
}

/** The outcome of the attempt stands: a count that is one too high is no reason to change it. */
async function unlessDown(work: Promise<void>): Promise<void> {
  await work.catch((error: unknown) => {
    if (!(error instanceof UnavailableError)) throw error;
  });
}
