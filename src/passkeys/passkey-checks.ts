import { type AuthenticatorState, readAuthenticatorData } from './authenticator-data.js';
import { assertClientData, type ClientData } from './client-data.js';
import { PasskeyRejection, rejecting } from './passkey-rejection.js';
import type { AssertionResponse, RegistrationResponse } from './passkey-response.js';
import type { KnownPasskey } from './passkey-store.js';
import { assertPublicKey, PASSKEY_ALGORITHMS } from './public-key.js';
import type { CborMap, Expected, WebAuthnLibrary } from './webauthn-library.js';

/** A passkey that a response has created. */
export interface CreatedPasskey extends AuthenticatorState {
  credentialId: string;
  publicKey: Buffer;
}

/** Who asks, and from where: as configured. */
export interface RelyingParty {
  rpId: string;
  origins: readonly string[];
  topOrigins: readonly string[];
}

/**
 * The checks of WebAuthn §7 on the responses of authenticators: our own beside those of the library, which accepts pages
 * inside foreign ones, user handles of others and ids that do not belong to the key.
 */
export class PasskeyChecks {
  constructor(
    private readonly library: WebAuthnLibrary,
    private readonly party: RelyingParty,
  ) {}

  /**
   * The registration of a passkey (WebAuthn §7.1).
   * @param client the data in the response, with the challenge of the ceremony
   * @throws PasskeyRejection
   */
  async registration(response: RegistrationResponse, client: ClientData): Promise<CreatedPasskey> {
    assertClientData(client, { type: 'webauthn.create', ...this.party });
    const attestation = await rejecting('malformed', () =>
      this.library.attestationOf(response.attestationObject),
    );
    assertUnattested(attestation);
    const state = readAuthenticatorData(dataOf(attestation), this.party.rpId);
    const { id, publicKey } = await rejecting('attestation', () =>
      this.library.register(response, this.expected(client), PASSKEY_ALGORITHMS),
    );
    if (id !== response.id) throw new PasskeyRejection('malformed');
    const key = await rejecting('algorithm', () => this.library.publicKeyOf(publicKey));
    assertPublicKey(key);
    return { ...state, credentialId: id, publicKey: Buffer.from(publicKey) };
  }

  /**
   * A signature with a passkey (WebAuthn §7.2), except for the counter, which the store judges.
   * @param client the data in the response, with the challenge of the ceremony
   * @param passkey the one with the id of the response
   * @throws PasskeyRejection
   */
  async assertion(
    response: AssertionResponse,
    client: ClientData,
    passkey: KnownPasskey,
  ): Promise<AuthenticatorState> {
    assertClientData(client, { type: 'webauthn.get', ...this.party });
    if (response.id !== passkey.credentialId) throw new PasskeyRejection('unknown-credential');
    const state = readAuthenticatorData(response.authenticatorData, this.party.rpId);
    await rejecting('signature', () =>
      this.library.authenticate(response, this.expected(client), passkey.publicKey),
    );
    const { userHandle } = response;
    if (userHandle && !(passkey.handle && userHandle.equals(passkey.handle)))
      throw new PasskeyRejection('user-handle');
    if (state.backupEligible !== passkey.backupEligible) throw new PasskeyRejection('backup-state');
    return state;
  }

  private expected({ challenge }: ClientData): Expected {
    return { challenge, ...this.party };
  }
}

/**
 * We ask for no attestation, so browsers remove it, except one that the passkey itself has signed (WebAuthn §5.1.3).
 * Nothing else reaches the parsers of certificates, which would also load what certificates name.
 */
function assertUnattested(attestation: CborMap): void {
  const [format, statement] = [attestation.get('fmt'), attestation.get('attStmt')];
  if (!(statement instanceof Map)) throw new PasskeyRejection('attestation');
  const isNone = format === 'none' && statement.size === 0;
  const isOwn =
    format === 'packed' && [...statement.keys()].every((name) => name === 'alg' || name === 'sig');
  if (!isNone && !isOwn) throw new PasskeyRejection('attestation');
}

function dataOf(attestation: CborMap): Buffer {
  const data = attestation.get('authData');
  if (!(data instanceof Uint8Array)) throw new PasskeyRejection('malformed');
  return Buffer.from(data);
}
