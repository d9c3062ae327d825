import { requestsOf } from './account-requests.js';
import type { CallOptions } from './call-options.js';
import type { LatchkeyClient } from './client-types.js';

/** What people do with the token of a mailed link, signed in or not. Failures are `LatchkeyError`s. */
export interface LatchkeyLinks {
  /** Mails a link with which to choose a new password. */
  forgotPassword(email: string, options?: CallOptions): Promise<void>;
  /** @throws LatchkeyError `ACTION_TOKEN_INVALID`, `VALIDATION_FAILED`, … */
  resetPassword(reset: { token: string; newPassword: string }, options?: CallOptions): Promise<void>;
  /** Proves the address of an account. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  verifyEmail(token: string, options?: CallOptions): Promise<void>;
  /** Makes the new address that of the account. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  confirmEmail(token: string, options?: CallOptions): Promise<void>;
  /** Brings the old address back, and ends all sessions. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  undoEmailChange(token: string, options?: CallOptions): Promise<void>;
  /** Reopens a closed account. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  restoreAccount(token: string, options?: CallOptions): Promise<void>;
  /** Keeps the second factors that an administrator was to remove. @throws LatchkeyError `ACTION_TOKEN_INVALID`, … */
  cancelFactorsReset(token: string, options?: CallOptions): Promise<void>;
}

/** The calls behind mailed links. */
export function linksOf(client: Pick<LatchkeyClient, 'fetch'>): LatchkeyLinks {
  const { act } = requestsOf(client);
  return {
    forgotPassword: (email, options) => act('POST', 'auth/password/forgot', options, { email }),
    resetPassword: ({ token, newPassword }, options) =>
      act('POST', 'auth/password/reset', options, { token, newPassword }),
    verifyEmail: (token, options) => act('POST', 'auth/email/verify', options, { token }),
    confirmEmail: (token, options) => act('POST', 'auth/email/confirm', options, { token }),
    undoEmailChange: (token, options) => act('POST', 'auth/email/undo', options, { token }),
    restoreAccount: (token, options) => act('POST', 'auth/me/restore', options, { token }),
    cancelFactorsReset: (token, options) => act('POST', 'auth/factors/reset/cancel', options, { token }),
  };
}
