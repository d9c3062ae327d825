/** The longest token that is read, and therefore the longest that is issued. */
export const MAX_TOKEN_LENGTH = 8192;
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** The parts of a token: their form is valid, but nothing in them is trusted. */
export interface CompactJws {
  header: string;
  payload: string;
  signature: string;
}

/**
 * Splits a token in the only form Latchkey writes: compact serialization (RFC 7515 §7.1), at most 8 kB, canonical
 * base64url, UTF-8, and JSON exactly as `JSON.stringify` writes it. Anything that could be read in two ways (padding,
 * trailing bits, duplicate members, white space, a byte order mark) is rejected, here or by {@link parseSegment}.
 * @returns `null` when the token is not in that form
 */
export function splitCompactJws(token: string): CompactJws | null {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const [, header, payload, signature] = COMPACT.exec(token) ?? [];
  if (!header || !payload || !signature) return null;
  return [header, payload, signature].every(isCanonicalBase64url) ? { header, payload, signature } : null;
}

/** Throws on bytes that are not UTF-8, and keeps a byte order mark so that the comparison below rejects it. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Returns the JSON object of a header or a payload, or `null` if it is none in that form. */
export function parseSegment(segment: string): Record<string, unknown> | null {
  try {
    const text = UTF8.decode(Buffer.from(segment, 'base64url'));
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return JSON.stringify(value) === text ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** The header or the payload of a token, in that form. */
export function segmentOf(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The unused bits of the last character must be zero; otherwise several texts would stand for the same bytes. */
function isCanonicalBase64url(segment: string): boolean {
  const rest = segment.length % 4;
  if (rest === 0) return true;
  if (rest === 1) return false;
  const unusedBits = rest === 2 ? 0b1111 : 0b11;
  return (ALPHABET.indexOf(segment.charAt(segment.length - 1)) & unusedBits) === 0;
}
