import { isCommonPassword } from './common-passwords.js';
import { guessing, type Pattern } from './guessing.js';
import { type KnownAboutOwner, ownWords } from './own-words.js';
import { foldPassword, MAX_PASSWORD_LENGTH, normalizePassword } from './password-text.js';

const MIN_DISTINCT = 5;
/** Shorter names occur in harmless passwords by chance. */
const MIN_NAME_LENGTH = 4;
/**
 * A password whose cheapest description has fewer bits per required character is refused. Random letters have 4.7, so
 * that no random text comes near it, but what has been added to a known word must amount to about eight letters.
 */
const MIN_BITS_PER_CHARACTER = 2.4;
const MAX_BITS = 36;

export interface PasswordPolicyOptions {
  /** In Unicode code points. */
  minLength: number;
  /** A password must not contain this name. */
  serviceName: string;
}

export interface PasswordContext extends KnownAboutOwner {
  /** The password this one replaces, in the clear. */
  current?: string;
}

/**
 * Decides which passwords may be chosen (NIST SP 800-63B-4, ASVS 6.2) by length and guessability, never by composition.
 * Applies when a password is set, not when one is verified.
 */
export class PasswordPolicy {
  private readonly serviceName: string;

  constructor(private readonly options: PasswordPolicyOptions) {
    this.serviceName = options.serviceName.normalize('NFC').toLowerCase();
  }

  /** Returns why the password is rejected, as text for its owner, or null if it is accepted. Counts length in NFC. */
  problem(password: string, context: PasswordContext): string | null {
    const { email, current } = context;
    const chosen = normalizePassword(password);
    if (chosen === null) return password.isWellFormed() ? TOO_LONG : NOT_UNICODE;
    const length = codePoints(chosen);
    if (length > MAX_PASSWORD_LENGTH) return TOO_LONG;
    if (length < this.options.minLength) return `Use at least ${this.options.minLength} characters.`;
    if (current !== undefined && chosen === normalizePassword(current)) return UNCHANGED;

    const folded = foldPassword(chosen);
    if (isCommonPassword(folded)) return COMMON;
    if (isMonotonous(folded)) return isOfSymbols(folded) ? null : MONOTONOUS;
    if (folded.includes(email.toLowerCase())) return 'Do not use the email address in the password.';
    return this.namesService(folded) ?? this.guessable(folded, context);
  }

  private namesService(password: string): string | null {
    const names = codePoints(this.serviceName) >= MIN_NAME_LENGTH && password.includes(this.serviceName);
    return names ? 'Do not use the name of this service in the password.' : null;
  }

  private guessable(password: string, owner: KnownAboutOwner): string | null {
    const { bits, patterns } = guessing(password, ownWords(owner, this.serviceName));
    if (bits >= Math.min(MAX_BITS, MIN_BITS_PER_CHARACTER * this.options.minLength)) return null;
    const parts = patterns.map((pattern) => IN_WORDS[pattern]).join(' and ');
    return `This is easy to guess: most of it is ${parts || 'a few characters'}. Choose another one.`;
  }
}

const IN_WORDS: Record<Pattern, string> = {
  common: 'a common password',
  keys: 'a pattern on the keyboard',
  sequence: 'a sequence of letters or digits',
  repetition: 'repeated text',
  year: 'a year',
  email: 'the email address',
  name: 'the display name',
  service: 'the name of this service',
};

const COMMON = 'This is one of the most common passwords. Choose another one.';
const MONOTONOUS = `Use at least ${MIN_DISTINCT} different characters.`;
const UNCHANGED = 'This is the current password. Choose another one.';
const NOT_UNICODE = 'This password contains characters that are not valid Unicode.';
const TOO_LONG = `Use at most ${MAX_PASSWORD_LENGTH} characters.`;

function isMonotonous(password: string): boolean {
  return new Set(password).size < MIN_DISTINCT;
}

/** Beyond ASCII there are so many symbols and emoji that even 64 euro signs must pass (ASVS 6.2.9). */
function isOfSymbols(text: string): boolean {
  return /^[^\P{S}\p{ASCII}]+$/u.test(text);
}

function codePoints(text: string): number {
  return [...text].length;
}
