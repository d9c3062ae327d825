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

/** How far a rotation has come. */
export interface CountedSecrets {
  total: number;
  /** Secrets that only an older encryption secret decrypts. */
  older: number;
  /** See {@link RotatedSecrets.unreadable}. */
  unreadable: number;
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
    for await (const { id, userId, secret } of this.all()) {
      if (this.cipher.isCurrent(secret)) continue;
      const context = contextOf(userId, id);
      const plain = this.cipher.decrypt(secret, context);
      if (plain === null) result.unreadable++;
      else if (await this.store.replaceSecret(id, secret, this.cipher.encrypt(plain, context)))
        result.renewed++;
    }
    return result;
  }

  /** Tries each secret, and changes none. */
  async count(): Promise<CountedSecrets> {
    const counts = { total: 0, older: 0, unreadable: 0 };
    for await (const { id, userId, secret } of this.all()) {
      counts.total++;
      if (this.cipher.decrypt(secret, contextOf(userId, id)) === null) counts.unreadable++;
      else if (!this.cipher.isCurrent(secret)) counts.older++;
    }
    return counts;
  }

  private async *all() {
    let after: string | undefined;
    for (;;) {
      const page = await this.store.listSecrets(PAGE, after);
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)!.id;
    }
  }
}
