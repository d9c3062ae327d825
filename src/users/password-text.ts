/** In code points of the normalized password. */
export const MAX_PASSWORD_LENGTH = 256;

/** UTF-8 needs at most four bytes per code point. */
const MAX_BYTES = 4 * MAX_PASSWORD_LENGTH;

/**
 * No spelling of that many bytes is longer than this: a composed character decomposes into at most eight UTF-16 units.
 * Checked first, because normalizing takes quadratic time on a long run of combining marks.
 */
const MAX_UNITS_AS_WRITTEN = 8 * MAX_PASSWORD_LENGTH;

/**
 * Returns the password in composed form (NFC), so that the keyboard it was typed on does not matter; null when it is
 * too long or is not valid Unicode (all lone surrogates become the same bytes and would match each other). Fast on
 * text of any length.
 */
export function normalizePassword(password: string): string | null {
  if (password.length > MAX_UNITS_AS_WRITTEN || !password.isWellFormed()) return null;
  const normalized = password.normalize('NFC');
  return Buffer.byteLength(normalized) <= MAX_BYTES ? normalized : null;
}

/**
 * Returns a password as it is judged: in lower case, with characters of other widths and styles as ordinary ones
 * (NFKC). Text that would become much longer stays as it is, because judging it takes quadratic time.
 */
export function foldPassword(normalized: string): string {
  const folded = normalized.normalize('NFKC').toLowerCase();
  return folded.length <= 2 * MAX_PASSWORD_LENGTH ? folded : normalized.toLowerCase();
}
