import type { TokenPair } from '../tokens/token-types.js';
import type { UserRecord } from '../users/user-store.js';

/** The user is logged in: a session has started, and these are its first tokens. */
export interface Authenticated {
  outcome: 'signed-in';
  user: UserRecord;
  tokens: TokenPair;
  /**
   * Proves at the next login that this device has signed in before, so that failures of strangers do not make it wait.
   * Not a credential.
   */
  deviceProof: string;
}

/**
 * The outcome of a login or a registration. Use a `switch` over `outcome`, so that your code fails to compile when
 * another kind is added. A kind without tokens has not started a session.
 */
export type LoginOutcome = Authenticated;
