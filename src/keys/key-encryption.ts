import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { SecretChoice, secretId } from '../instances/secret-choice.js';

const CIPHER = 'aes-256-gcm';
const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts private keys and other secrets at rest: AES-256-GCM under a key derived from a secret (HKDF-SHA-256). The ciphertext names the
 * secret it was encrypted under, so that secrets can be replaced. The key's id and algorithm are authenticated with it,
 * so that someone who can write to the table but has no secret can neither add a key nor swap two.
 */
export class KeyEncryption {
  readonly choice: SecretChoice;
  private readonly secrets: { id: string; key: Buffer }[];

  /**
   * @param secrets newest first: the first that all instances know encrypts, all decrypt
   * @param use what is encrypted. Keys that are derived for one use are worthless for another
   * @param choice which secret encrypts. Default: chosen by the name of the option
   */
  constructor(secrets: readonly string[], use = 'signing keys', choice?: SecretChoice) {
    this.secrets = secrets.map((secret) => ({
      id: derive(secret, `${use}: id`, 6).toString('base64url'),
      key: derive(secret, `${use}: key`, 32),
    }));
    this.choice =
      choice ?? new SecretChoice(secrets.map((secret) => secretId(secret, 'jwt.keyRing.encryptionSecret')));
  }

  encrypt(text: string, context: string): string {
    const { id, key } = this.current;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, id, sealed.toString('base64url')].join('.');
  }

  /** Returns `null` when none of the secrets decrypts it, or {@link encrypt} did not write it for this context. */
  decrypt(encrypted: string, context: string): string | null {
    const [version, id, sealed = ''] = encrypted.split('.');
    const secret = version === VERSION && this.secrets.find((candidate) => candidate.id === id);
    if (!secret) return null;
    const bytes = Buffer.from(sealed, 'base64url');
    try {
      const decipher = createDecipheriv(CIPHER, secret.key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      const text = [decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()];
      return Buffer.concat(text).toString('utf8');
    } catch {
      return null;
    }
  }

  /** True when the text is encrypted under the secret that encrypts now. */
  isCurrent(encrypted: string): boolean {
    return encrypted.split('.')[1] === this.current.id;
  }

  /** Whether the newest secret encrypts: not while an instance does not know it. */
  get usesNewest(): boolean {
    return this.choice.position === 0;
  }

  private get current(): { id: string; key: Buffer } {
    return this.secrets[this.choice.position]!;
  }
}

function derive(secret: string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `latchkey ${purpose}`, bytes));
}

/** The context that a key's encryption is bound to. */
export function contextOf(kid: string, algorithm: string): string {
  return `${kid} ${algorithm}`;
}
