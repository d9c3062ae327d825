const range = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => String.fromCodePoint(first + index));

/**
 * Every character that some program takes for a blank, or shows as nothing, besides space and tab: all that `trim()` and
 * `\s` take, control characters, zero-width characters, marks of direction, and fillers.
 */
export const BLANKS = [
  ...range(0x00, 0x08),
  ...range(0x0a, 0x1f),
  ...range(0x7f, 0xa0),
  '\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B\u180E',
  ...range(0x2000, 0x200f),
  ...range(0x2028, 0x202f),
  ...range(0x205f, 0x206f),
  '\u2800\u3000\u3164\uFE00\uFE0F\uFEFF\uFFA0\uFFFC\u{E0020}',
].flatMap((text) => [...text]);

/** As they arrive in a header: Node reads bytes as Latin-1, whatever was written. Without what no header can contain. */
export const BLANKS_IN_HEADERS = [
  ...new Set([
    ...BLANKS.filter((blank) => blank <= '\u00FF'),
    ...BLANKS.map((blank) => Buffer.from(blank, 'utf8').toString('latin1')),
  ]),
].filter((text) => !/[\0\r\n]/.test(text));

/** How a blank is written in the name of a test. */
export const codesOf = (text: string) =>
  [...text].map((it) => `U+${it.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`).join(' ');
