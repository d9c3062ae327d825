import { PasskeyRejection } from './passkey-rejection.js';

/** What a browser got from an authenticator that created a passkey (WebAuthn §5.2.1). */
export interface RegistrationResponse {
  /** The id of the credential, in base64url. */
  id: string;
  clientData: Buffer;
  attestationObject: Buffer;
  transports: string[];
}

/** What a browser got from an authenticator that signed a challenge (WebAuthn §5.2.2). */
export interface AssertionResponse {
  /** The id of the credential, in base64url. */
  id: string;
  clientData: Buffer;
  authenticatorData: Buffer;
  signature: Buffer;
  /** Whose passkey it is, as the authenticator knows it. */
  userHandle: Buffer | null;
}

/** The most bytes of each part. Real ones are far smaller, except ids (WebAuthn §4) and user handles (§5.4.3). */
const MOST = {
  id: 1_023,
  clientData: 4_096,
  attestationObject: 8_192,
  authenticatorData: 2_048,
  signature: 1_024,
  userHandle: 64,
};

/** WebAuthn §5.8.4. Others are dropped: they would come back to browsers as they were sent. */
const TRANSPORTS = ['ble', 'cable', 'hybrid', 'internal', 'nfc', 'smart-card', 'usb'];

/** @throws PasskeyRejection for anything else than the JSON form of a `PublicKeyCredential` (WebAuthn §5.1) */
export function readRegistration(given: unknown): RegistrationResponse {
  const { id, parts } = readCredential(given);
  const { transports } = parts;
  const known = Array.isArray(transports) ? TRANSPORTS.filter((each) => transports.includes(each)) : [];
  return {
    id,
    clientData: bytes(parts.clientDataJSON, MOST.clientData),
    attestationObject: bytes(parts.attestationObject, MOST.attestationObject),
    transports: known,
  };
}

/** @throws PasskeyRejection for anything else than the JSON form of a `PublicKeyCredential` (WebAuthn §5.1) */
export function readAssertion(given: unknown): AssertionResponse {
  const { id, parts } = readCredential(given);
  const { userHandle } = parts;
  return {
    id,
    clientData: bytes(parts.clientDataJSON, MOST.clientData),
    authenticatorData: bytes(parts.authenticatorData, MOST.authenticatorData),
    signature: bytes(parts.signature, MOST.signature),
    userHandle: userHandle == null || userHandle === '' ? null : bytes(userHandle, MOST.userHandle),
  };
}

type Members = Readonly<Record<string, unknown>>;

function readCredential(given: unknown): { id: string; parts: Members } {
  const { id, rawId, type, response } = membersOf(given);
  if (type !== 'public-key' || id !== rawId) throw new PasskeyRejection('malformed');
  return { id: bytes(id, MOST.id).toString('base64url'), parts: membersOf(response) };
}

function membersOf(value: unknown): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new PasskeyRejection('malformed');
  return value as Members;
}

/** Reads base64url without padding, of which every text of bytes has one spelling only. */
function bytes(text: unknown, most: number): Buffer {
  if (typeof text !== 'string' || text === '' || text.length > Math.ceil((most * 4) / 3))
    throw new PasskeyRejection('malformed');
  const read = Buffer.from(text, 'base64url');
  if (read.toString('base64url') !== text) throw new PasskeyRejection('malformed');
  return read;
}
