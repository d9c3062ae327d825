import { timingSafeEqual } from 'node:crypto';

const BASE64 = /^[A-Za-z\d+/.]+={0,2}$/;

/**
 * Decodes base64 with or without padding, also in Passlib's alphabet with `.` for `+`. Returns `null` for other text,
 * where Node would skip what it does not know.
 */
export function fromBase64(text: string | undefined): Buffer | null {
  return text !== undefined && BASE64.test(text) ? Buffer.from(text.replaceAll('.', '+'), 'base64') : null;
}

/** A hash of fewer bytes would match many passwords, and an empty one all of them. */
const MIN_HASH_BYTES = 16;
const MAX_HASH_BYTES = 64;

/** Whether a decoded hash has a length that is safe to compare and cheap to derive. */
export function isHash(bytes: Buffer | null): bytes is Buffer {
  return bytes !== null && bytes.length >= MIN_HASH_BYTES && bytes.length <= MAX_HASH_BYTES;
}

export function isEqual(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

/** A whole number in plain decimal digits, at most nine of them; otherwise NaN, which is inside no range. */
export function toInteger(text: string | undefined): number {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : Number.NaN;
}

/** The parameters of a hash in the PHC format, such as `m=19456,t=2,p=1`. */
export function parameters(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').map((pair) => splitOnce(pair, '=')));
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
