/** In UTF-16 units: the length of the column in our own table. */
export const MAX_NAME_LENGTH = 200;

/**
 * Scripts in which the joiners U+200C and U+200D change how letters are written, so that names need them, as in Persian.
 * Elsewhere a joiner is invisible, and two names that look the same would differ.
 */
const JOINING_SCRIPTS = [
  'Arabic Syriac Nko Mongolian Devanagari Bengali Gurmukhi Gujarati Oriya Tamil',
  'Telugu Kannada Malayalam Sinhala Khmer Myanmar Tibetan Balinese Javanese Limbu',
]
  .join(' ')
  .split(' ')
  .map((script) => `\\p{scx=${script}}`)
  .join('');

/** Invisible characters that are part of what precedes them: joiners, variation selectors, the tags of a flag. */
const PARTS_OF_WRITING = new RegExp(
  [
    `(?<=(?=[${JOINING_SCRIPTS}])[\\p{L}\\p{M}])(?:\\u200c(?=[${JOINING_SCRIPTS}])|\\u200d)`,
    '(?<=[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f])\\u200d(?=\\p{Extended_Pictographic})',
    '(?<=(?=\\p{sc=Mongolian})\\p{L})[\\u180b-\\u180d\\u180f]',
    '(?<=[\\p{Emoji}\\p{S}\\p{P}\\p{sc=Han}\\p{sc=Myanmar}])[\\ufe00-\\ufe0f]',
    '(?<=\\p{sc=Han})[\\u{e0100}-\\u{e01ef}]',
    '(?<=\\u{1f3f4})[\\u{e0020}-\\u{e007e}]+\\u{e007f}',
  ].join('|'),
  'gu',
);

/** Text that no name needs and that disturbs others: it breaks lines, reverses what follows, or hides. */
const UNFIT = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/u;

/** The blank pattern of Braille and the object replacement character are not white space, but show nothing either. */
const BLANK = /^[\p{White_Space}\u2800\ufffc]*$/u;

/**
 * Returns why `name` cannot be a display name, as the end of a sentence about it, or null if it can. Names of every
 * script are accepted, and emoji.
 */
export function displayNameProblem(name: unknown): string | null {
  if (typeof name !== 'string') return 'must be text';
  if (name.length > MAX_NAME_LENGTH) return `must have at most ${MAX_NAME_LENGTH} characters`;
  if (UNFIT.test(name.replaceAll(PARTS_OF_WRITING, '')))
    return 'must be text without control characters or invisible characters';
  return BLANK.test(name) ? 'must contain a visible character' : null;
}
