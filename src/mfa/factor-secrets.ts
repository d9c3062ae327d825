import type { FactorStore } from './factor-store.js';
import { contextOf } from './totp-factors.js';

/** Encrypts with the newest secret that all instances know, decrypts with any. */
export interface SecretCipher {
  encrypt(text: string, context: string): string;
  decrypt(encrypted: string, context: string): string | null;
  isCurrent(encrypted: string): boolean;
  /** Whether it encrypts with the newest secret: not while an instance does not know it. */
  readonly usesNewest: boolean;
}

/** What a rotation did. */
export interface RotatedSecrets {
  /** Secrets that have been encrypted again. */
  renewed: number;
  /** Secrets that none of the encryption secrets decrypts: their owners need another factor. */
  unreadable: number;
  /** The newest encryption secret is not used yet, because an instance does not know it: restart that, and rotate again. */
  waiting: boolean;
}

const PAGE = 500;

/** Moves the secrets of authenticator apps to the newest encryption secret, so that older ones can be removed. */
export class FactorSecrets {
  /** @internal */
  constructor(
    private readonly store: FactorStore,
    private readonly cipher: SecretCipher,
  ) {}

  /** Encrypts again what an older secret has encrypted. It may be interrupted and repeated, while users log in. */
  async rotate(): Promise<RotatedSecrets> {
    const result = { renewed: 0, unreadable: 0, waiting: !this.cipher.usesNewest };
    let after: string | undefined;
    for (;;) {
      const page = await this.store.listSecrets(PAGE, after);
      for (const { id, userId, secret } of page) {
        if (this.cipher.isCurrent(secret)) continue;
        const context = contextOf(userId, id);
        const plain = this.cipher.decrypt(secret, context);
        if (plain === null) result.unreadable++;
        else if (await this.store.replaceSecret(id, secret, this.cipher.encrypt(plain, context)))
          result.renewed++;
      }
      if (page.length < PAGE) return result;
      after = page.at(-1)!.id;
    }
  }
}
