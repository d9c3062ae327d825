import type { OwnWords, Pattern } from './guessing.js';

/** Shorter words occur in harmless passwords by chance. */
const MIN_LENGTH = 3;
const MIN_SERVICE_LENGTH = 4;
/** A short word that is only part of a name tells little about the password it occurs in. */
const MIN_PART_LENGTH = 7;
const BREAKS = /[^\p{L}\p{M}\p{N}]+/u;

/** What is known about an account whose password is chosen. */
export interface KnownAboutOwner {
  /** Canonical. */
  email: string;
  /** The display name, if any. */
  name?: string | null;
}

/** Returns the words that the owner's password must not consist of: of the email address, the name and the service. */
export function ownWords({ email, name }: KnownAboutOwner, service: string): OwnWords {
  const words = new Map<string, Pattern>();
  if (service.length >= MIN_SERVICE_LENGTH) addAll(words, service, 'service');
  addAll(words, name ?? '', 'name');
  const at = email.lastIndexOf('@');
  const [local, domain] = [email.slice(0, at), email.slice(at + 1)];
  add(words, email, 'email');
  addAll(words, local, 'email');
  // The top-level domain alone tells nothing.
  for (const label of domain.split('.').slice(0, -1)) addAll(words, label, 'email');
  return words;
}

/** The text as it is, without separators, and its longer words and pairs of words; each of them backward, too. */
function addAll(words: Map<string, Pattern>, text: string, pattern: Pattern): void {
  const folded = text.normalize('NFC').toLowerCase().trim();
  const parts = folded.split(BREAKS);
  const pairs = parts.slice(1).map((part, before) => `${parts[before]}${part}`);
  const long = [...parts, ...pairs].filter(({ length }) => length >= MIN_PART_LENGTH);
  for (const word of [folded, parts.join(''), ...long]) {
    add(words, word, pattern);
    add(words, [...word].toReversed().join(''), pattern);
  }
}

function add(words: Map<string, Pattern>, word: string, pattern: Pattern): void {
  if (word.length >= MIN_LENGTH) words.set(word, pattern);
}
