import { type Answer, type LatchkeyUser, userIn } from './answer.js';

/** The user, with a session that has begun. */
export interface SignedIn extends LatchkeyUser {
  outcome: 'signed-in';
}

/** How a login or a registration ended, told apart by `outcome`. There may be more of them later. */
export type LoginOutcome = SignedIn;

/** @throws LatchkeyError when the service refuses, or answers something else */
export function loginOutcome(answer: Answer): LoginOutcome {
  return { ...userIn(answer), outcome: 'signed-in' };
}
