/** Shorter texts are too short for these rules, and are refused for their length. */
const MIN_LENGTH = 16;
/** Random secrets of 32 hexadecimal digits have fewer different ones less than once in ten billion times. */
const MIN_DIFFERENT = 6;
const MAX_UNIT = 15;
const SEQUENCES = ['abcdefghijklmnopqrstuvwxyz', '01234567890', '9876543210', 'zyxwvutsrqponmlkjihgfedcba'];
const KEYBOARD = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm', 'qwertzuiop', 'yxcvbnm', 'azertyuiop', 'qsdfghjklm'];
/** Parts of a sequence that are this long do not come about by chance. */
const MIN_RUN = 4;
/** The share of a text that may be outside of sequences. */
const MAX_REST = 0.25;

/** Whether a long text repeats a short unit, has hardly any different characters, or consists of sequences. */
export function isPattern(text: string): boolean {
  if (text.length < MIN_LENGTH) return false;
  if (new Set(text).size < MIN_DIFFERENT) return true;
  const folded = text.toLowerCase();
  return repeats(folded) || isSequential(folded.replaceAll(/[^a-z0-9]/g, ''));
}

/** Such as `deadbeefdeadbeefdead`: the last repetition may be cut off. */
function repeats(text: string): boolean {
  const limit = Math.min(MAX_UNIT, text.length / 2);
  for (let unit = 1; unit <= limit; unit++) if (text.startsWith(text.slice(unit))) return true;
  return false;
}

/** Such as `qwertyuiopasdfghjkl1234567890`. */
function isSequential(text: string): boolean {
  let outside = 0;
  for (let at = 0; at < text.length;) {
    const length = runAt(text, at);
    if (length < MIN_RUN) outside++;
    at += length < MIN_RUN ? 1 : length;
  }
  return outside <= text.length * MAX_REST;
}

/** The length of the longest part of a sequence that begins here. */
function runAt(text: string, start: number): number {
  let longest = 0;
  for (const sequence of [...SEQUENCES, ...KEYBOARD]) {
    const from = sequence.indexOf(text[start]!);
    if (from === -1) continue;
    let length = 1;
    while (start + length < text.length && sequence[from + length] === text[start + length]) length++;
    longest = Math.max(longest, length);
  }
  return longest;
}
