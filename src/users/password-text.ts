/** In code points of the normalised password. */
export const MAX_PASSWORD_LENGTH = 256;

/** UTF-8 needs at most four for a code point. */
const MAX_BYTES = 4 * MAX_PASSWORD_LENGTH;

/**
 * No spelling of that many bytes is longer than this: a composed character comes apart into at most eight UTF-16
 * units. Checked first, because normalising takes quadratic time on a long row of combining marks.
 */
const MAX_UNITS_AS_WRITTEN = 8 * MAX_PASSWORD_LENGTH;

/**
 * The password with each character in its one composed spelling (NFC), whatever keyboard it came from; null when it is
 * too long to be anyone's password or no valid Unicode (all lone surrogates become the same bytes, and would match one
 * another). Takes no noticeable time on text of any length.
 */
export function normalizePassword(password: string): string | null {
  if (password.length > MAX_UNITS_AS_WRITTEN || !password.isWellFormed()) return null;
  const normalized = password.normalize('NFC');
  return Buffer.byteLength(normalized) <= MAX_BYTES ? normalized : null;
}
