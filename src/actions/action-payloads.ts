import { deserialize, serialize } from 'node:v8';
import type { ActionPurpose } from './action-purposes.js';

/** Encrypts texts, bound to a context; decrypts with any of its secrets. */
export interface TextCipher {
  encrypt(text: string, context: string): string;
  /** Returns `null` for what was not encrypted for this context with one of the secrets. */
  decrypt(encrypted: string, context: string): string | null;
}

/** Which action a payload belongs to. */
interface Owner {
  id: string;
  purpose: ActionPurpose;
}

/** The payloads of actions: encrypted at rest, and unusable in any other action. */
export class ActionPayloads {
  constructor(private readonly cipher: TextCipher) {}

  /** Not JSON, because fields of the host may be dates. */
  seal(payload: object, owner: Owner): Buffer {
    return Buffer.from(this.cipher.encrypt(serialize(payload).toString('base64'), contextOf(owner)));
  }

  /** Returns `null` if the payload cannot be decrypted, such as after its secret has been removed. */
  open(sealed: Buffer | null, owner: Owner): object | null {
    const text = sealed && this.cipher.decrypt(sealed.toString(), contextOf(owner));
    return text ? (deserialize(Buffer.from(text, 'base64')) as object) : null;
  }
}

function contextOf({ id, purpose }: Owner): string {
  return `${id} ${purpose}`;
}
