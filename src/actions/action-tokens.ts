import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { ActionTokenInvalidError } from '../errors/auth-errors.js';
import type { ActionPurpose } from './action-purposes.js';
import type { Action, ActionStore } from './action-store.js';

/** `lk_`, the 16 bytes of the id, and 32 random bytes, in base64url. */
const TOKEN = /^lk_([\w-]{22})([\w-]{43})$/;

/** Without letters and digits that look alike. */
const CODE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const CODE_LENGTH = 8;

/** An action whose secret was presented, and the SHA-256 of that secret. */
export interface PresentedAction {
  action: Action;
  secret: Buffer;
}

/**
 * Issues the token of an action: the port through which mails get their links.
 *
 * The secret exists only in the mail. The database holds its hash, so that neither a dump nor a backup contains a usable
 * link.
 */
export class ActionSecrets {
  constructor(private readonly actions: ActionStore) {}

  /**
   * Returns a new token for the action, or a short code; `undefined` if the action can no longer be done. Earlier ones stay
   * valid.
   */
  async issue(actionId: string, form: 'token' | 'code' = 'token'): Promise<string | undefined> {
    const { shown, stored } = form === 'code' ? newCode(actionId) : newToken(actionId);
    return (await this.actions.addSecret(actionId, stored)) ? shown : undefined;
  }
}

/** What the user gets, and the hash of it that the store keeps. */
interface NewSecret {
  shown: string;
  stored: Buffer;
}

/** A token for an action, which may not exist yet. */
export function newToken(actionId: string): NewSecret {
  const secret = randomBytes(32);
  return { shown: `lk_${encodedId(actionId)}${secret.toString('base64url')}`, stored: sha256(secret) };
}

function newCode(actionId: string): NewSecret {
  const shown = [...randomBytes(CODE_LENGTH)]
    .map((byte) => CODE_ALPHABET[byte % CODE_ALPHABET.length])
    .join('');
  return { shown, stored: codeHash(actionId, shown) };
}

/** What is stored of a short code. It is typed in any case, with or without dashes and spaces. */
export function codeHash(actionId: string, typed: string): Buffer {
  return sha256(Buffer.from(`${actionId} ${typed.replaceAll(/[\s-]/g, '').toUpperCase()}`));
}

/** Reads the tokens of mailed links. A token that cannot be used is the same error whatever the reason. */
export class ActionTokens {
  constructor(private readonly actions: ActionStore) {}

  /**
   * Returns the action of a token, without using it up.
   * @throws ActionTokenInvalidError if the token is unknown, used, expired, or meant for something else
   */
  async read(token: string, purpose: ActionPurpose): Promise<PresentedAction> {
    const [, id = '', random = ''] = TOKEN.exec(token) ?? [];
    const secret = sha256(Buffer.from(random, 'base64url'));
    const action = id && isCanonical(id, random) ? await this.actions.find(decodedId(id)) : null;
    if (action?.purpose !== purpose || !action.secrets.some((each) => isEqual(each, secret)))
      throw new ActionTokenInvalidError();
    return { action, secret };
  }
}

/**
 * Uses the action up.
 * @param actions as the transaction sees them
 * @throws ActionTokenInvalidError if it can no longer be used
 */
export async function consume({ action, secret }: PresentedAction, actions: ActionStore): Promise<void> {
  if (!(await actions.consume(action.id, secret))) throw new ActionTokenInvalidError();
}

export function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

/** Whether two hashes are equal, in constant time. */
export function isEqual(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}

function encodedId(id: string): string {
  return Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
}

function decodedId(encoded: string): string {
  const hex = Buffer.from(encoded, 'base64url').toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The last character of each part has bits that decode to nothing: a token has one spelling only. */
function isCanonical(...parts: string[]): boolean {
  return parts.every((part) => Buffer.from(part, 'base64url').toString('base64url') === part);
}
