import { type BegunCeremony, CEREMONY_MS, type Ceremonies, type Ceremony } from './ceremonies.js';
import type { Passkey, PasskeyStore } from './passkey-store.js';
import { PASSKEY_ALGORITHMS } from './public-key.js';

/** Names a credential to a browser (WebAuthn §5.8.3). */
export interface CredentialDescriptor {
  type: 'public-key';
  /** In base64url. */
  id: string;
  transports: string[];
}

/** For `PublicKeyCredential.parseCreationOptionsFromJSON` (WebAuthn §5.1.9). */
export interface PasskeyCreationOptions {
  challenge: string;
  rp: { id: string; name: string };
  user: { id: string; name: string; displayName: string };
  pubKeyCredParams: { type: 'public-key'; alg: number }[];
  /** Milliseconds. */
  timeout: number;
  excludeCredentials: CredentialDescriptor[];
  authenticatorSelection: {
    residentKey: 'required';
    requireResidentKey: true;
    userVerification: 'required';
  };
  attestation: 'none';
  extensions: { credProps: true };
}

/** For `PublicKeyCredential.parseRequestOptionsFromJSON` (WebAuthn §5.1.10). */
export interface PasskeyRequestOptions {
  challenge: string;
  rpId: string;
  /** Milliseconds. */
  timeout: number;
  /** Empty: any passkey for this `rpId`. */
  allowCredentials: CredentialDescriptor[];
  userVerification: 'required';
}

/** What a browser passes to the authenticator, and the ticket that comes back with the response. */
export interface Offered<Options> {
  ticket: string;
  options: Options;
}

/** The person as the authenticator shows them. */
export interface PasskeyOwner {
  id: string;
  email: string;
  name: string | null;
}

/** Begins ceremonies. */
export class PasskeyOptions {
  constructor(
    private readonly ceremonies: Ceremonies,
    private readonly passkeys: PasskeyStore,
    private readonly party: { rpId: string; rpName: string },
  ) {}

  /** For a new passkey that the authenticator keeps, on one that has none of this account yet. */
  async toCreate(
    { id, email, name }: PasskeyOwner,
    boundTo: string,
  ): Promise<Offered<PasskeyCreationOptions>> {
    const handle = await this.passkeys.handleOf(id);
    const known = await this.passkeys.listOf(id);
    const { rpId, rpName } = this.party;
    return this.offer({ purpose: 'passkey-register', userId: id, boundTo }, (challenge) => ({
      challenge,
      rp: { id: rpId, name: rpName },
      user: { id: handle.toString('base64url'), name: email, displayName: name ?? email },
      pubKeyCredParams: PASSKEY_ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
      timeout: CEREMONY_MS,
      excludeCredentials: known.map(described),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
      extensions: { credProps: true },
    }));
  }

  /** For a login of whoever has a passkey: nothing is asked before. */
  toLogIn(): Promise<Offered<PasskeyRequestOptions>> {
    return this.offer({ purpose: 'passkey-login' }, (challenge) => this.request(challenge, []));
  }

  /** For a second factor of somebody who is known. */
  async toProve(userId: string, use: 'login' | 'step-up', boundTo: string) {
    const usable = (await this.passkeys.listOf(userId)).filter(({ suspendedAt }) => suspendedAt === null);
    const purpose = use === 'login' ? 'passkey-mfa' : 'passkey-step-up';
    return this.offer({ purpose, userId, boundTo }, (challenge) => this.request(challenge, usable));
  }

  private request(challenge: string, allowed: Passkey[]): PasskeyRequestOptions {
    const { rpId } = this.party;
    const allowCredentials = allowed.map(described);
    return { challenge, rpId, timeout: CEREMONY_MS, allowCredentials, userVerification: 'required' };
  }

  private async offer<Options>(
    ceremony: Ceremony,
    optionsOf: (challenge: BegunCeremony['challenge']) => Options,
  ): Promise<Offered<Options>> {
    const { ticket, challenge } = await this.ceremonies.begin(ceremony);
    return { ticket, options: optionsOf(challenge) };
  }
}

function described({ credentialId, transports }: Passkey): CredentialDescriptor {
  return { type: 'public-key', id: credentialId, transports };
}
