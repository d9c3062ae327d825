import { createHash, randomBytes } from 'node:crypto';
import { type Cbor, encodeCbor } from './cbor.js';
import { type AuthenticatorAlgorithm, makeKeyPair, type PasskeyPair, signWith } from './key-pair.js';
import type {
  AssertionJSON,
  CreationOptionsJSON,
  RegistrationJSON,
  RequestOptionsJSON,
} from './webauthn-json.js';

/** How an authenticator and its browser are. */
export interface AuthenticatorSettings {
  /** The page that they serve, such as `https://app.example.com`. */
  origin: string;
  /** Default: the first of the options that is known, such as -8. */
  algorithm?: AuthenticatorAlgorithm;
  /** Whether signatures are counted. Default `false`, like passkeys that are synced. */
  counts?: boolean;
  /** `never`: bound to the device; `possible`: may be copied to others; `done`: has been. Default `done`. */
  backup?: 'never' | 'possible' | 'done';
}

/** What one ceremony does differently from an honest one. */
export interface Misbehavior {
  origin?: string;
  rpId?: string;
  challenge?: string;
  /** `webauthn.create` or `webauthn.get`. */
  type?: string;
  /** More members of the client data, such as `crossOrigin`. */
  clientData?: Record<string, unknown>;
  userPresent?: boolean;
  userVerified?: boolean;
  backup?: AuthenticatorSettings['backup'] | 'impossible';
  counter?: number;
  /** In base64url. `null`: none is sent. */
  userHandle?: string | null;
  /** In base64url: sent in place of the real id; when a passkey is created, it also gets that id. */
  credentialId?: string;
  algorithm?: AuthenticatorAlgorithm;
  /** The format of the attestation and its statement. */
  attestation?: { format: string; statement: ReadonlyMap<string, Cbor> };
  /** Signs something else. */
  badSignature?: boolean;
  /** Creates a passkey although the options exclude one that is here. */
  ignoreExcluded?: boolean;
}

interface Held extends PasskeyPair {
  rpId: string;
  /** In base64url. */
  userHandle: string;
  counter: number;
}

/**
 * An authenticator and its browser in software: answers the options of a server as `navigator.credentials` would, or wrongly
 * if it is told to. Keeps passkeys in memory; the user always agrees.
 */
export class SoftwareAuthenticator {
  /** The passkeys by the ids of their credentials (base64url), the oldest first. */
  readonly passkeys = new Map<string, Held>();

  constructor(private readonly settings: AuthenticatorSettings) {}

  /**
   * Creates a passkey.
   * @throws Error if the options exclude one that is here, or ask for no algorithm that is known
   */
  create(options: CreationOptionsJSON, wrong: Misbehavior = {}): RegistrationJSON {
    const excluded = options.excludeCredentials?.some(({ id }) => this.passkeys.has(id));
    if (excluded && !wrong.ignoreExcluded) throw new Error('InvalidStateError: there is a passkey already');
    const pair = makeKeyPair(wrong.algorithm ?? this.settings.algorithm ?? firstKnown(options));
    const id = wrong.credentialId ?? randomBytes(32).toString('base64url');
    const rpId = options.rp.id ?? new URL(this.settings.origin).hostname;
    const held: Held = { ...pair, rpId, userHandle: options.user.id, counter: 0 };
    this.passkeys.set(id, held);
    const { format, statement } = wrong.attestation ?? {
      format: 'none',
      statement: new Map<string, never>(),
    };
    const authData = Buffer.concat([
      this.header(held, 0x40, wrong),
      Buffer.alloc(16),
      length16(Buffer.from(id, 'base64url')),
      pair.publicKey,
    ]);
    const attestation: [string, Cbor][] = [
      ['fmt', format],
      ['attStmt', statement],
      ['authData', authData],
    ];
    return {
      ...this.envelope(id),
      response: {
        clientDataJSON: this.clientData('webauthn.create', options.challenge, wrong).toString('base64url'),
        attestationObject: encodeCbor(new Map(attestation)).toString('base64url'),
        transports: ['internal', 'hybrid'],
      },
    };
  }

  /**
   * Signs with the newest passkey that the options allow.
   * @throws Error if there is none
   */
  get(options: RequestOptionsJSON, wrong: Misbehavior = {}): AssertionJSON {
    const rpId = options.rpId ?? new URL(this.settings.origin).hostname;
    const allowed = options.allowCredentials ?? [];
    const fits = ([id, each]: [string, Held]) =>
      each.rpId === rpId && (allowed.length === 0 || allowed.some((one) => one.id === id));
    const [id, held] = [...this.passkeys].findLast(fits) ?? [];
    if (!id || !held) throw new Error('NotAllowedError: there is no passkey for this');
    if (this.settings.counts) held.counter += 1;
    const authenticatorData = this.header(held, 0, wrong);
    const clientData = this.clientData('webauthn.get', options.challenge, wrong);
    const signed = Buffer.concat([authenticatorData, sha256(clientData)]);
    const { userHandle = held.userHandle } = wrong;
    return {
      ...this.envelope(wrong.credentialId ?? id),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authenticatorData.toString('base64url'),
        signature: signWith(held, wrong.badSignature ? randomBytes(69) : signed).toString('base64url'),
        ...(userHandle !== null && { userHandle }),
      },
    };
  }

  /** Returns an authenticator with copies of the passkeys, which count from now on their own. */
  clone(): SoftwareAuthenticator {
    const copy = new SoftwareAuthenticator(this.settings);
    for (const [id, held] of this.passkeys) copy.passkeys.set(id, { ...held });
    return copy;
  }

  /** Authenticator data up to the counter (WebAuthn §6.1). */
  private header(held: Held, more: number, wrong: Misbehavior): Buffer {
    const { userPresent = true, userVerified = true, backup = this.settings.backup ?? 'done' } = wrong;
    const backups = { never: 0, possible: 0x08, done: 0x18, impossible: 0x10 };
    const flags = more | (userPresent ? 0x01 : 0) | (userVerified ? 0x04 : 0) | backups[backup];
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(wrong.counter ?? held.counter);
    return Buffer.concat([sha256(Buffer.from(wrong.rpId ?? held.rpId)), Buffer.from([flags]), counter]);
  }

  private clientData(type: string, challenge: string, wrong: Misbehavior): Buffer {
    const said = {
      type: wrong.type ?? type,
      challenge: wrong.challenge ?? challenge,
      origin: wrong.origin ?? this.settings.origin,
      crossOrigin: false,
      ...wrong.clientData,
    };
    return Buffer.from(JSON.stringify(said));
  }

  private envelope(id: string) {
    return {
      id,
      rawId: id,
      type: 'public-key',
      clientExtensionResults: {},
      authenticatorAttachment: 'platform',
    } as const;
  }
}

function firstKnown({ pubKeyCredParams }: CreationOptionsJSON): AuthenticatorAlgorithm {
  const found = pubKeyCredParams.find(({ alg }) => [-8, -7, -257].includes(alg));
  if (!found) throw new Error('NotSupportedError: no algorithm is known');
  return found.alg as AuthenticatorAlgorithm;
}

function length16(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}
