const MAX_TOKEN_LENGTH = 8192;
const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)$/;

/** The two JSON parts of a compact JWS, parsed but not yet to be believed. */
export interface CompactJws {
  header: Record<string, unknown>;
  payload: Record<string, unknown>;
}

/**
 * Reads a token in the one form Latchkey itself writes: compact serialisation (RFC 7515 §7.1), at most 8 kB, canonical
 * base64url, UTF-8, and JSON exactly as `JSON.stringify` puts it. Whatever could be read in two ways (padding,
 * trailing bits, duplicate members, white space, a byte order mark) is not that form.
 * @returns `null` when it is not.
 */
export function parseCompactJws(token: string): CompactJws | null {
  if (token.length > MAX_TOKEN_LENGTH) return null;
  const [, header, payload, signature] = COMPACT.exec(token) ?? [];
  if (!header || !payload || !signature || !isCanonicalBase64url(signature)) return null;
  const parts = { header: parseObject(header), payload: parseObject(payload) };
  return parts.header && parts.payload ? (parts as CompactJws) : null;
}

/** Throws at bytes that are no UTF-8, and keeps a byte order mark for the comparison below to refuse. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function parseObject(segment: string): Record<string, unknown> | null {
  if (!isCanonicalBase64url(segment)) return null;
  try {
    const text = UTF8.decode(Buffer.from(segment, 'base64url'));
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
    return JSON.stringify(value) === text ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The bits of the last character that carry no data must be zero, else several texts stand for the same bytes. */
function isCanonicalBase64url(segment: string): boolean {
  const rest = segment.length % 4;
  if (rest === 0) return true;
  if (rest === 1) return false;
  const unusedBits = rest === 2 ? 0b1111 : 0b11;
  return (ALPHABET.indexOf(segment.charAt(segment.length - 1)) & unusedBits) === 0;
}
