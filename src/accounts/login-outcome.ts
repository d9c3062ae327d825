import type { EnrolmentNeeded, SecondFactorNeeded } from '../mfa/login-gate.js';
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
  /** What the cookie of a device holds that the user has just trusted. */
  trustedDevice?: string;
}

/**
 * The outcome of a login or a registration. Use a `switch` over `outcome`, so that your code fails to compile when
 * another kind is added. A kind without tokens has not started a session: with the option `mfa`, the second factor may be
 * missing, or the user may have to set one up.
 */
export type LoginOutcome = Authenticated | SecondFactorNeeded | EnrolmentNeeded;
