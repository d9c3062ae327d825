import type { ClientInfo } from '../sessions/session-types.js';
import type { AuthenticatorState } from './authenticator-data.js';
import type { Ceremonies, Ceremony } from './ceremonies.js';
import { readClientData } from './client-data.js';
import type { PasskeyChecks } from './passkey-checks.js';
import type { PasskeyEvents } from './passkey-events.js';
import { PasskeyRejection } from './passkey-rejection.js';
import { readAssertion } from './passkey-response.js';
import type { KnownPasskey, PasskeyStore } from './passkey-store.js';

/** A response as a client sends it: only the type of its members has been checked. */
export interface PresentedPasskey {
  ticket: string;
  response: object;
}

/** A passkey, and what its authenticator has signed. */
export interface SignedWith {
  passkey: KnownPasskey;
  state: AuthenticatorState;
}

/** The passkey in a response is not known here. */
export interface UnknownPasskey {
  passkey: null;
  credentialId: string;
}

/** Verifies signatures with passkeys: first the signature, and only then what depends on it, such as the counter. */
export class PasskeyVerification {
  constructor(
    private readonly passkeys: PasskeyStore,
    private readonly ceremonies: Ceremonies,
    private readonly checks: PasskeyChecks,
    private readonly events: PasskeyEvents,
  ) {}

  /**
   * Uses the challenge up, and verifies the signature with the passkey that it names. Records nothing of it.
   * @throws PasskeyRejection
   */
  async signed(
    { ticket, response }: PresentedPasskey,
    ceremony: Ceremony,
  ): Promise<SignedWith | UnknownPasskey> {
    const assertion = readAssertion(response);
    const client = readClientData(assertion.clientData);
    await this.ceremonies.finish({ ticket, challenge: client.challenge }, ceremony);
    const passkey = await this.passkeys.find(assertion.id);
    const isOthers = ceremony.userId !== undefined && passkey?.userId !== ceremony.userId;
    if (!passkey || isOthers) return { passkey: null, credentialId: assertion.id };
    // Without a name before, the handle is all that says whose passkey it is (WebAuthn §7.2, step 6).
    if (ceremony.userId === undefined && assertion.userHandle === null)
      throw new PasskeyRejection('user-handle');
    return { passkey, state: await this.checks.assertion(assertion, client, passkey) };
  }

  /**
   * Records the signature. A counter that went back means that a copy of the passkey exists: it is suspended, and the
   * owner is told.
   * @throws PasskeyRejection also if the passkey has been suspended or removed
   */
  async record({ passkey, state }: SignedWith, client?: ClientInfo): Promise<void> {
    const outcome = await this.passkeys.use(passkey.id, state);
    if (outcome === 'used') return;
    if (outcome === 'gone') throw new PasskeyRejection('suspended');
    await this.events.suspend(passkey, client);
    throw new PasskeyRejection('counter');
  }

  /** Whether the passkey can be used still. */
  async isUsable({ credentialId, id }: KnownPasskey): Promise<boolean> {
    const now = await this.passkeys.find(credentialId);
    return now?.id === id && now.suspendedAt === null;
  }
}
