import { isCommonPassword } from './common-passwords.js';
import { MAX_PASSWORD_LENGTH, normalizePassword } from './password-text.js';

const MIN_DISTINCT = 5;
const MIN_LEFT_WITHOUT_NAME = 8;
/** Shorter names occur in harmless passwords by chance. */
const MIN_NAME_LENGTH = 4;

export interface PasswordPolicyOptions {
  /** In Unicode code points. */
  minLength: number;
  /** A password must not contain this name. */
  serviceName: string;
}

export interface PasswordContext {
  /** The canonical email address of the account. */
  email: string;
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
  problem(password: string, { email, current }: PasswordContext): string | null {
    const chosen = normalizePassword(password);
    if (chosen === null) return password.isWellFormed() ? TOO_LONG : NOT_UNICODE;
    const length = codePoints(chosen);
    if (length > MAX_PASSWORD_LENGTH) return TOO_LONG;
    if (length < this.options.minLength) return `Use at least ${this.options.minLength} characters.`;
    if (current !== undefined && chosen === normalizePassword(current)) return UNCHANGED;

    const folded = chosen.toLowerCase();
    return guessable(folded) ?? this.namesService(folded) ?? namesOwner(folded, email.toLowerCase());
  }

  private namesService(password: string): string | null {
    const names = codePoints(this.serviceName) >= MIN_NAME_LENGTH && password.includes(this.serviceName);
    return names ? 'Do not use the name of this service in the password.' : null;
  }
}

const UNCHANGED = 'This is the current password. Choose another one.';
const NOT_UNICODE = 'This password contains characters that are not valid Unicode.';
const TOO_LONG = `Use at most ${MAX_PASSWORD_LENGTH} characters.`;

function namesOwner(password: string, email: string): string | null {
  const at = email.lastIndexOf('@');
  if (at < 1) return null;
  const local = email.slice(0, at);
  const rest = local.length < MIN_NAME_LENGTH ? password : password.replaceAll(local, '');
  const names = password.includes(email) || (rest !== password && codePoints(rest) < MIN_LEFT_WITHOUT_NAME);
  return names ? 'Do not use the email address in the password.' : null;
}

function guessable(password: string): string | null {
  if (isCommonPassword(password)) return 'This is one of the most common passwords. Choose another one.';
  if (isMonotonous(password)) return `Use at least ${MIN_DISTINCT} different characters.`;
  if (isSequence(password)) return 'This is a simple sequence of letters or digits. Choose another one.';
  if (repeatsCommonPassword(password)) return 'This is a common password, repeated. Choose another one.';
  return null;
}

/** Only for ASCII: beyond it there are so many characters to guess that even 64 euro signs must pass (ASVS 6.2.9). */
function isMonotonous(password: string): boolean {
  return /^[\0-\x7f]*$/.test(password) && new Set(password).size < MIN_DISTINCT;
}

/** Whether a listed password is repeated; the last repetition may be cut off. */
function repeatsCommonPassword(password: string): boolean {
  for (let period = 1; period < password.length; period++) {
    const repeats = password.startsWith(password.slice(period));
    if (repeats && isCommonPassword(password.slice(0, period))) return true;
  }
  return false;
}

/** Whether the characters run up or down an alphabet, wrapping around at the end: `7890123…`, `zyxwv…`. */
function isSequence(password: string): boolean {
  const alphabet = ['0123456789', 'abcdefghijklmnopqrstuvwxyz'].find((all) => all.includes(password[0]!));
  if (!alphabet) return false;
  const upwards = alphabet.repeat(Math.ceil(password.length / alphabet.length) + 1);
  return upwards.includes(password) || [...upwards].toReversed().join('').includes(password);
}

function codePoints(text: string): number {
  return [...text].length;
}
