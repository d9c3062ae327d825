import { rankOfCommonPassword } from './common-passwords.js';
import { explains, MIN_RUN_LENGTH, regularRuns } from './regular-runs.js';

/** What makes part of a password predictable. */
export type Pattern = 'common' | 'keys' | 'sequence' | 'repetition' | 'year' | 'email' | 'name' | 'service';

/** How hard a password is to guess. */
export interface Guessing {
  /** About how many bits the cheapest description of the password has. */
  bits: number;
  /** The predictable parts of that description, without repetition. */
  patterns: Pattern[];
}

/** Words that whoever knows the account tries first, in lower case. */
export type OwnWords = ReadonlyMap<string, Pattern>;

interface Step {
  bits: number;
  from: number;
  pattern: Pattern | null;
}

const MAX_WORD_LENGTH = 24;
const MIN_WORD_LENGTH = 3;
const MIN_COPY_LENGTH = 3;
const WORD_BITS = 1;
/** What a common word counts at least: whoever guesses rows of words tries hundreds at each place. */
const MIN_WORD_BITS = 9;
const OWN_WORD_BITS = 1.5;
const COPY_BITS = 4;
const YEAR_BITS = 7;
const VARIANT_BITS = 1;

const SEPARATOR = /[\s._,:;|/+-]/u;
const SEPARATORS = /[\s._,:;|/+-]+/gu;
const LEET = new Map(
  Object.entries({ '4': 'a', '@': 'a', '3': 'e', '1': 'i', '!': 'i', '0': 'o', '5': 's', $: 's', '7': 't' }),
);
const LEET_WITH_L = new Map([...LEET, ['1', 'l']]);

/**
 * Estimates how hard a password is to guess for somebody who knows how people choose passwords: the length of its
 * cheapest description as common passwords, runs on keyboards and alphabets, copies of what came before, words of the
 * account, and single characters. Expects normalized text in lower case, of at most 256 characters.
 */
export function guessing(text: string, own: OwnWords): Guessing {
  const plain = describe(text, own);
  const joined = text.replaceAll(SEPARATORS, '');
  const separators = new Set(text.match(SEPARATORS)?.join('')).size;
  if (separators === 0) return plain;
  const { bits, patterns } = describe(joined, own);
  // Each kind of separator has to be guessed, and where they are.
  const together = { bits: bits + 3 * separators + 2 + (text.length - joined.length) / 4, patterns };
  return together.bits < plain.bits ? together : plain;
}

function describe(text: string, own: OwnWords): Guessing {
  const steps: Step[] = [{ bits: 0, from: 0, pattern: null }];
  for (let i = 1; i <= text.length; i++) steps.push({ bits: Infinity, from: 0, pattern: null });
  const reach = (from: number, to: number, cost: number, pattern: Pattern | null) => {
    const bits = steps[from]!.bits + cost;
    if (bits < steps[to]!.bits) steps[to] = { bits, from, pattern };
  };
  const spellings = spellingsOf(text);
  const runs = regularRuns(text);
  const copies = copyLengths(text);
  for (let at = 0; at < text.length; at++) {
    reach(at, at + 1, bitsOfCharacter(text[at]!), null);
    for (const { length, bits, pattern } of wordsAt(spellings, at, own)) {
      // Many common passwords are rows of keys or sequences; their owner learns more from that.
      const regular = pattern === 'common' && runs[at]!.find((run) => explains(run, at, length));
      reach(at, at + length, bits, regular ? regular.kind : pattern);
    }
    for (const { kind, end, bits } of runs[at]!)
      for (let to = at + MIN_RUN_LENGTH; to <= end; to++) reach(at, to, bits, kind);
    for (let length = MIN_COPY_LENGTH; length <= copies[at]!; length++)
      reach(at, at + length, COPY_BITS, 'repetition');
    if (/^(?:19|20)\d\d$/.test(text.slice(at, at + 4))) reach(at, at + 4, YEAR_BITS, 'year');
  }
  return { bits: steps.at(-1)!.bits, patterns: patternsOf(steps) };
}

function patternsOf(steps: readonly Step[]): Pattern[] {
  const patterns = new Set<Pattern>();
  for (let at = steps.length - 1; at > 0; at = steps[at]!.from) {
    const { pattern } = steps[at]!;
    if (pattern) patterns.add(pattern);
  }
  return [...patterns].toReversed();
}

/** The text read in one way; each has the same length. */
interface Spelling {
  text: string;
  backward: string;
  bits: number;
}

function spellingsOf(text: string): Spelling[] {
  const units = text.split('');
  const read = (letters: ReadonlyMap<string, string>) =>
    units.map((unit) => letters.get(unit) ?? unit).join('');
  return [...new Set([text, read(LEET), read(LEET_WITH_L)])].map((spelled, index) => ({
    text: spelled,
    backward: spelled.split('').toReversed().join(''),
    bits: index === 0 ? 0 : VARIANT_BITS,
  }));
}

interface Word {
  length: number;
  bits: number;
  pattern: Pattern;
}

function wordsAt(spellings: readonly Spelling[], at: number, own: OwnWords): Word[] {
  const found: Word[] = [];
  for (const { text, backward, bits: extra } of spellings) {
    const longest = Math.min(text.length - at, MAX_WORD_LENGTH);
    const add = (rank: number | undefined, length: number, bits: number) => {
      if (rank !== undefined)
        found.push({
          length,
          bits: Math.max(MIN_WORD_BITS, Math.log2(rank) + WORD_BITS) + bits,
          pattern: 'common',
        });
    };
    for (let length = MIN_WORD_LENGTH; length <= longest; length++) {
      const end = text.length - at;
      add(rankOfCommonPassword(text.slice(at, at + length)), length, extra);
      add(rankOfCommonPassword(backward.slice(end - length, end)), length, extra + VARIANT_BITS);
    }
    for (const [word, pattern] of own)
      if (text.startsWith(word, at))
        found.push({ length: word.length, bits: OWN_WORD_BITS + extra, pattern });
  }
  return found;
}

/** For each index, the length of the longest text there that also starts earlier; it may overlap itself. */
function copyLengths(text: string): number[] {
  const longest = Array.from({ length: text.length }, () => 0);
  let after = new Uint16Array(text.length + 1);
  for (let at = text.length - 1; at >= 0; at--) {
    const here = new Uint16Array(text.length + 1);
    for (let earlier = 0; earlier < at; earlier++) {
      if (text[earlier] !== text[at]) continue;
      here[earlier] = after[earlier + 1]! + 1;
      longest[at] = Math.max(longest[at]!, here[earlier]!);
    }
    after = here;
  }
  return longest;
}

function bitsOfCharacter(character: string): number {
  if (/\d/.test(character)) return Math.log2(10);
  if (/[\p{L}\p{M}]/u.test(character)) return Math.log2(26);
  return SEPARATOR.test(character) ? 2.5 : 6;
}
