import { requestsOf } from './account-requests.js';
import type { LatchkeyUser } from './answer.js';
import { type CallOptions, withinOptions } from './call-options.js';
import { LatchkeyError } from './client-error.js';
import type { LatchkeyClient } from './client-types.js';
import type { PresentedPasskey } from './factor-proof.js';
import type { LoginOutcome } from './login-outcome.js';
import {
  type Begun,
  canMediateConditionally,
  hasPasskeys,
  presentPasskey,
  tellOfUnknown,
} from './webauthn.js';

/**
 * Passkeys in this browser. Failures are `LatchkeyError`s, or what the browser throws: `NotAllowedError` if the user does
 * not want to or has no passkey here, `AbortError` if another question about passkeys has begun in this page,
 * `NotSupportedError` if the browser has no passkeys.
 */
export interface LatchkeyPasskeys<User extends LatchkeyUser = LatchkeyUser> {
  /** Whether this browser has passkeys. */
  available(): Promise<boolean>;
  /** Whether it can offer them in a form, among the user names that it knows (conditional mediation). */
  conditional(): Promise<boolean>;
  /**
   * Logs in with a passkey, without a user name. `conditional`: the browser offers passkeys in the field with
   * `autocomplete="username webauthn"`, and this waits until the user chooses one, for as long as the page is open.
   * @throws LatchkeyError `PASSKEY_REJECTED`, `INVALID_CREDENTIALS`, …
   */
  signIn(options?: CallOptions & { conditional?: boolean }): Promise<LoginOutcome<User>>;
  /** Asks for a passkey after the password, for `loginWithFactor`. `mfaToken`: from the outcome of the login. */
  answer(login?: { mfaToken?: string }, options?: CallOptions): Promise<PresentedPasskey>;
  /** Asks for a passkey of the user who is signed in, for `stepUp`. */
  answerStepUp(options?: CallOptions): Promise<PresentedPasskey>;
}

/** Logins, second factors and step-ups with the passkeys of this browser. */
export function passkeysOf<User extends LatchkeyUser = LatchkeyUser>(
  client: Pick<LatchkeyClient<User>, 'fetch' | 'loginWithPasskey'>,
): LatchkeyPasskeys<User> {
  const { ask } = requestsOf(client);

  return {
    available: async () => hasPasskeys(),
    conditional: canMediateConditionally,
    signIn: ({ conditional, ...options } = {}) =>
      withinOptions(async (signal) => {
        const passkey = await presented('auth/login/passkey/options', {}, signal, conditional);
        return client.loginWithPasskey(passkey, { signal }).catch(tellAndThrow);
      }, options),
    answer: ({ mfaToken } = {}, options) =>
      withinOptions((signal) => presented('auth/login/mfa/options', { mfaToken }, signal), options),
    answerStepUp: (options) =>
      withinOptions((signal) => presented('auth/step-up/options', {}, signal), options),
  };

  async function presented(
    path: string,
    body: object,
    signal?: AbortSignal,
    conditional?: boolean,
  ): Promise<PresentedPasskey> {
    for (;;) {
      const begun = await ask<Begun>(['POST', path, { signal }, body], 'ticket', 'options');
      const response = await presentPasskey(begun.options, signal, conditional);
      if (response) return { ticket: begun.ticket, response };
      // The user has chosen none for so long that the service would not accept it.
    }
  }
}

async function tellAndThrow(error: unknown): Promise<never> {
  if (error instanceof LatchkeyError && error.unknownCredential) await tellOfUnknown(error.unknownCredential);
  throw error;
}
