import { inPath, requestsOf } from './account-requests.js';
import { type CallOptions, withinOptions } from './call-options.js';
import type { LatchkeyClient } from './client-types.js';
import { type Begun, createPasskey, type PasskeySignals, tellOfAll } from './webauthn.js';

/** A second factor of the user. Times are ISO 8601 in UTC. */
export interface LatchkeyFactor {
  id: string;
  /** `totp` is an authenticator app. There may be more kinds later. */
  kind: 'totp' | 'passkey' | 'recovery-codes' | (string & {});
  name: string | null;
  createdAt: string;
  lastUsedAt: string | null;
  /** Whether a passkey has been copied to other devices of the user. */
  synced?: boolean;
  /** Whether a passkey can no longer be used, because a copy of it may exist. */
  suspended?: true;
  /** How many recovery codes are left. */
  remaining?: number;
}

/** A browser in which the password is enough. Times are ISO 8601 in UTC. */
export interface LatchkeyDevice {
  id: string;
  createdAt: string;
  lastUsedAt: string;
  /** When it is asked for a second factor again. */
  expiresAt: string;
  ip: string | null;
  userAgent: string | null;
  /** A name to show to people, such as `Firefox on Linux`. */
  device: string | null;
}

/** What lets somebody add a factor who is not signed in, because the login ended with `mfa-enrolment-required`. */
export interface Enrolment {
  /** From the outcome of the login; not in cookie transport. */
  mfaToken?: string;
  /** The code that was mailed. */
  emailCode?: string;
}

/** An authenticator app that is not confirmed yet. */
export interface NewAuthenticator {
  id: string;
  /** In base32, for people who cannot scan the QR code. It is shown this once. */
  secret: string;
  otpauthUrl: string;
  /** The same as a QR code, in SVG. */
  qrSvg: string;
}

/** Codes that stand in for a lost factor, each of them once. They are shown this once. */
export interface RecoveryCodes {
  recoveryCodes: string[];
}

/** A passkey that has just been added, with recovery codes if it is the first factor. */
export interface NewPasskey extends Partial<RecoveryCodes> {
  id: string;
  name: string;
}

/**
 * The second factors of the user, and the browsers that they trust. Changes need a recent login or step-up, with a second
 * factor if there is one: `STEP_UP_REQUIRED` otherwise, which a client of `withStepUp` handles. Failures are
 * `LatchkeyError`s.
 */
export interface LatchkeyFactors {
  /** The oldest first. */
  list(options?: CallOptions): Promise<LatchkeyFactor[]>;
  /** Most recently used first. */
  devices(options?: CallOptions): Promise<LatchkeyDevice[]>;
  /** Trusts a browser no longer. @throws LatchkeyError `NOT_FOUND` */
  removeDevice(id: string, options?: CallOptions): Promise<void>;
  /** Begins to add an authenticator app, which must be confirmed within 15 minutes. */
  addTotp(
    authenticator?: { name?: string | null } & Enrolment,
    options?: CallOptions,
  ): Promise<NewAuthenticator>;
  /**
   * Ends it, by a code that the app shows: with recovery codes if it is the first factor. Other sessions end then.
   * @throws LatchkeyError `INVALID_CODE`, `NOT_FOUND`, …
   */
  confirmTotp(
    id: string,
    confirmation: { code: string } & Enrolment,
    options?: CallOptions,
  ): Promise<Partial<RecoveryCodes>>;
  /**
   * Lets the user add a passkey in this browser.
   * @throws LatchkeyError `PASSKEY_REJECTED`, …; and what the browser throws: `NotAllowedError` if the user does not want
   *   to, `InvalidStateError` if there is a passkey of the user already, where it would be kept
   */
  addPasskey(passkey?: { name?: string | null } & Enrolment, options?: CallOptions): Promise<NewPasskey>;
  /** @throws LatchkeyError `NOT_FOUND`, `VALIDATION_FAILED`, … */
  renamePasskey(id: string, name: string, options?: CallOptions): Promise<void>;
  /** Replaces all recovery codes. @throws LatchkeyError `NOT_FOUND` when the user has no second factor */
  renewRecoveryCodes(options?: CallOptions): Promise<RecoveryCodes>;
  /** Removes a factor; with the last one, the recovery codes go, too. @throws LatchkeyError `LAST_SIGN_IN_METHOD`, … */
  remove(id: string, options?: CallOptions): Promise<void>;
  /**
   * Tells the browser which passkeys there are, and how the user is called, so that it offers no others. Call it when a
   * passkey was removed, the name or the address has changed, or an account was enabled again. Does nothing in browsers without a Signal API.
   */
  signalPasskeys(options?: CallOptions): Promise<void>;
}

/** The second factors of the user whom the client has signed in, or of somebody who must add one in order to log in. */
export function factorsOf(client: Pick<LatchkeyClient, 'fetch' | 'refresh'>): LatchkeyFactors {
  const { act, ask, list } = requestsOf(client);

  return {
    list: (options) => list('auth/factors', options),
    devices: (options) => list('auth/devices', options),
    removeDevice: async (id, options) => act('DELETE', `auth/devices/${inPath(id, 'removeDevice')}`, options),
    addTotp: (authenticator = {}, options) =>
      ask(['POST', 'auth/totp', options, authenticator], 'id', 'secret', 'otpauthUrl', 'qrSvg'),
    async confirmTotp(id, confirmation, options) {
      const path = `auth/totp/${inPath(id, 'confirmTotp')}/confirm`;
      return added(await ask<Partial<RecoveryCodes>>(['POST', path, options, confirmation]), confirmation);
    },
    addPasskey: ({ name, ...enrolment } = {}, options) =>
      withinOptions(async (signal) => {
        const begun = await ask<Begun>(
          ['POST', 'auth/passkeys/options', { signal }, enrolment],
          'ticket',
          'options',
        );
        const response = await createPasskey(begun.options, signal);
        const body = { ticket: begun.ticket, response, name, ...enrolment };
        return added(await ask<NewPasskey>(['POST', 'auth/passkeys', { signal }, body], 'id'), enrolment);
      }, options),
    renamePasskey: async (id, name, options) =>
      void (await ask(['PATCH', `auth/passkeys/${inPath(id, 'renamePasskey')}`, options, { name }])),
    renewRecoveryCodes: (options) => ask(['POST', 'auth/recovery-codes', options], 'recoveryCodes'),
    remove: async (id, options) => act('DELETE', `auth/factors/${inPath(id, 'remove')}`, options),
    signalPasskeys: (options) =>
      tellOfAll(() => ask<PasskeySignals>(['GET', 'auth/passkeys/signals', options], 'rpId')),
  };

  /** The first factor raises the session: the next access token says so. A failure must not cost the recovery codes. */
  async function added<T>(answer: T, { emailCode, mfaToken }: Enrolment): Promise<T> {
    const isSignedIn = emailCode === undefined && mfaToken === undefined;
    if (isSignedIn) await client.refresh().catch(() => false);
    return answer;
  }
}
