import { SetMetadata } from '@nestjs/common';
import { nearest } from '../../errors/nearest.js';
import { type Duration, LONGEST_DURATION, parseDuration } from '../../options/duration.js';
import { ACR_LEVELS, type AuthenticationLevel } from '../../sessions/authentication.js';

export const STEP_UP = 'latchkey:step-up';

/** How a user must have authenticated. */
export interface StepUpOptions {
  /** At least this: `pwd`, `mfa` (several factors) or `phr` (a factor that resists phishing). Default `pwd`. */
  acr?: AuthenticationLevel;
  /** At most so long ago: a duration such as `5m`, or whole seconds. Default `5m`. */
  maxAge?: Duration | number;
}

/** The options with their defaults; `maxAge` in seconds. */
export interface StepUpRequirement {
  acr: AuthenticationLevel;
  maxAge: number;
}

/**
 * Requires that the user has authenticated recently, not only that the session is live: otherwise 401
 * `STEP_UP_REQUIRED`, until they authenticate again at `POST /auth/step-up`. A refresh does not count, so a stolen access
 * or refresh token does not pass. `JwtAuthGuard` and `RolesGuard` enforce it, on every transport. On a method, replaces
 * the controller's `@StepUp`. A user that your own `validate` returns must have the token's `claims`.
 * @throws TypeError for invalid options
 */
export const StepUp = (options: StepUpOptions = {}) => SetMetadata(STEP_UP, stepUpRequirement(options));

const NAMES = ['acr', 'maxAge'];

function stepUpRequirement(options: StepUpOptions): StepUpRequirement {
  if (Object(options) !== options) throw new TypeError("@StepUp needs options, such as { maxAge: '5m' }.");
  const unknown = Object.keys(options).find((name) => !NAMES.includes(name));
  if (unknown !== undefined)
    throw new TypeError(
      `@StepUp has no option ${unknown}: did you mean ${nearest(unknown, NAMES) ?? 'maxAge'}?`,
    );
  const { acr = 'pwd', maxAge = '5m' } = options;
  if (!ACR_LEVELS.includes(acr))
    throw new TypeError(`acr of @StepUp must be one of ${ACR_LEVELS.join(', ')}.`);
  const seconds = typeof maxAge === 'number' ? maxAge : parseDuration(String(maxAge));
  if (seconds === null || !Number.isInteger(seconds) || seconds < 1 || seconds > LONGEST_DURATION)
    throw new TypeError('maxAge of @StepUp must be a duration such as 5m, or whole seconds, from 1 second.');
  return { acr, maxAge: seconds };
}
