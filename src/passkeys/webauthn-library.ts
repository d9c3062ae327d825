import type { AssertionResponse, RegistrationResponse } from './passkey-response.js';

/** What a response must say. */
export interface Expected {
  /** In base64url. */
  challenge: string;
  origins: readonly string[];
  topOrigins: readonly string[];
  rpId: string;
}

/** The part of `@simplewebauthn/server` that is used here: its own types would force every host to install it. */
interface Server {
  verifyRegistrationResponse(options: object): Promise<{ verified: boolean; registrationInfo?: Registered }>;
  verifyAuthenticationResponse(options: object): Promise<{ verified: boolean }>;
}

interface Helpers {
  decodeAttestationObject(bytes: Uint8Array): unknown;
  decodeCredentialPublicKey(bytes: Uint8Array): unknown;
}

interface Registered {
  credential: { id: string; publicKey: Uint8Array; counter: number };
}

/** CBOR maps (RFC 8949 §3.1), whatever they contain. */
export type CborMap = ReadonlyMap<unknown, unknown>;

/** Parses and verifies what authenticators sign, by `@simplewebauthn/server`. Every method throws for what is wrong. */
export class WebAuthnLibrary {
  private constructor(
    private readonly server: Server,
    private readonly helpers: Helpers,
  ) {}

  /** @throws Error that says what to install */
  static async load(): Promise<WebAuthnLibrary> {
    try {
      const server = (await import('@simplewebauthn/server')) as unknown as Server;
      const helpers = (await import('@simplewebauthn/server/helpers')) as unknown as Helpers;
      return new WebAuthnLibrary(server, helpers);
    } catch (cause) {
      throw new Error('need the package @simplewebauthn/server: npm install @simplewebauthn/server', {
        cause,
      });
    }
  }

  attestationOf(attestationObject: Buffer): CborMap {
    return mapOf(this.helpers.decodeAttestationObject(attestationObject));
  }

  publicKeyOf(publicKey: Uint8Array): CborMap {
    return mapOf(this.helpers.decodeCredentialPublicKey(publicKey));
  }

  async register(
    response: RegistrationResponse,
    { challenge, origins, rpId }: Expected,
    algorithms: readonly number[],
  ): Promise<Registered['credential']> {
    const { verified, registrationInfo } = await this.server.verifyRegistrationResponse({
      response: {
        id: response.id,
        rawId: response.id,
        type: 'public-key',
        response: {
          clientDataJSON: response.clientData.toString('base64url'),
          attestationObject: response.attestationObject.toString('base64url'),
        },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      expectedRPID: rpId,
      requireUserPresence: true,
      requireUserVerification: true,
      supportedAlgorithmIDs: [...algorithms],
    });
    if (!verified || !registrationInfo) throw new Error('The attestation is not valid');
    return registrationInfo.credential;
  }

  /** Leaves the counter alone: the library judges it before the signature. */
  async authenticate(
    response: AssertionResponse,
    { challenge, origins, topOrigins, rpId }: Expected,
    publicKey: Uint8Array,
  ): Promise<void> {
    const { verified } = await this.server.verifyAuthenticationResponse({
      response: {
        id: response.id,
        rawId: response.id,
        type: 'public-key',
        response: {
          clientDataJSON: response.clientData.toString('base64url'),
          authenticatorData: response.authenticatorData.toString('base64url'),
          signature: response.signature.toString('base64url'),
        },
        clientExtensionResults: {},
      },
      expectedChallenge: challenge,
      expectedOrigin: [...origins],
      ...(topOrigins.length > 0 && { expectedTopOrigin: [...topOrigins] }),
      expectedRPID: rpId,
      requireUserVerification: true,
      credential: { id: response.id, publicKey: Uint8Array.from(publicKey), counter: 0 },
    });
    if (!verified) throw new Error('The signature is not valid');
  }
}

function mapOf(value: unknown): CborMap {
  if (value instanceof Map) return value;
  throw new Error('This is not a CBOR map');
}
