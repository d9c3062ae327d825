import { PasskeyRejection } from './passkey-rejection.js';

/** What the browser says about a ceremony, and the authenticator signs (WebAuthn §5.8.1). */
export interface ClientData {
  type: unknown;
  challenge: string;
  origin: unknown;
  crossOrigin: unknown;
  topOrigin: unknown;
}

/** 32 bytes in base64url. */
const CHALLENGE = /^[\w-]{43}$/;

/** @throws PasskeyRejection for anything else than a JSON object in UTF-8 with a challenge */
export function readClientData(json: Buffer): ClientData {
  const { type, challenge, origin, crossOrigin, topOrigin } = parsed(json);
  const isOurs = typeof challenge === 'string' && CHALLENGE.test(challenge);
  if (!isOurs || Buffer.from(challenge, 'base64url').toString('base64url') !== challenge)
    throw new PasskeyRejection('challenge');
  return { type, challenge, origin, crossOrigin, topOrigin };
}

/**
 * Checks which page took part, and in what. A page inside a page of another origin must be expected: the user does not see
 * whose page it is (WebAuthn §13.4.2).
 * @throws PasskeyRejection
 */
export function assertClientData(
  { type, origin, crossOrigin, topOrigin }: ClientData,
  expected: { type: string; origins: readonly string[]; topOrigins: readonly string[] },
): void {
  if (type !== expected.type) throw new PasskeyRejection('type');
  if (!isOneOf(origin, expected.origins)) throw new PasskeyRejection('origin');
  if (crossOrigin === true ? isOneOf(topOrigin, expected.topOrigins) : isAlone(crossOrigin, topOrigin))
    return;
  throw new PasskeyRejection('origin');
}

function isAlone(crossOrigin: unknown, topOrigin: unknown): boolean {
  return (crossOrigin === undefined || crossOrigin === false) && topOrigin === undefined;
}

function isOneOf(value: unknown, allowed: readonly string[]): boolean {
  return typeof value === 'string' && allowed.includes(value);
}

function parsed(json: Buffer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(json),
    );
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // As any other text that is none.
  }
  throw new PasskeyRejection('malformed');
}
