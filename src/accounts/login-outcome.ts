import type { TokenPair } from '../tokens/token-types.js';
import type { UserRecord } from '../users/user-store.js';

/** The user is signed in: a session has begun, and these are its first tokens. */
export interface Authenticated {
  outcome: 'signed-in';
  user: UserRecord;
  tokens: TokenPair;
}

/**
 * How a login or a registration ends. `outcome` tells the kinds apart: handle each by a `switch` over it, so that your
 * code fails to compile when a kind is added. A kind without tokens has started no session.
 */
export type LoginOutcome = Authenticated;
