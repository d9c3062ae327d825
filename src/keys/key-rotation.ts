import type { DatabaseNotifications } from '../database/notifications.js';
import { contextOf, type KeyEncryption } from './key-encryption.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { KeyRing } from './key-ring.js';
import { KEYS_CHANGED, type NewKey, type SigningKeyStore } from './signing-key.store.js';
import { generatePem, keyFromPem, type SigningAlgorithm } from './signing-key.js';

/** Times are in seconds. */
export interface KeyRotationSettings {
  /** The algorithm of new keys. Older keys with another algorithm stay until they are removed. */
  algorithm: SigningAlgorithm;
  rotateEvery: number;
  /** How long a new key is published before it signs, for verifiers that keep a copy of the JWKS. */
  publishAhead: number;
}

/** Reload interval, for an instance that has missed a notification. */
const RELOAD_MS = 10_000;

/**
 * Changes the key ring: automatically when a key is due for rotation, and on command. All instances are notified
 * immediately. All methods throw `UnavailableError` when the database is unavailable.
 */
export class KeyRotation {
  private timer: NodeJS.Timeout | undefined;

  /** @internal */
  constructor(
    private readonly ring: KeyRing,
    private readonly store: SigningKeyStore,
    private readonly encryption: KeyEncryption,
    private readonly notifications: DatabaseNotifications,
    private readonly events: AuthEvents,
    private readonly settings: KeyRotationSettings,
    private readonly warn: (message: string) => void,
  ) {}

  /** Seconds after which another key takes over signing. */
  get rotateEvery(): number {
    return this.settings.rotateEvery;
  }

  /** Loads the ring, makes sure that it has a key of the configured algorithm, and follows changes from then on. */
  async onModuleInit(): Promise<void> {
    await this.ring.load();
    const { algorithm } = this.settings;
    await this.addKey({ unless: { algorithm } });
    const reload = () => void this.ring.load().catch((error: Error) => this.report(error));
    await this.notifications.listen(KEYS_CHANGED, { heard: reload, missed: reload });
    this.timer = setInterval(
      () => void this.maintain().catch((error: Error) => this.report(error)),
      RELOAD_MS,
    );
    this.timer.unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Adds a key. It is published now and signs after `publishAhead`, or immediately if no other key is active.
   * @throws Error if there are keys, but none that the configured secrets open: for the others, they work
   */
  async rotate(): Promise<void> {
    if (this.isBlind)
      throw new Error(
        'The signing keys cannot be opened with the configured secrets (KEY_ENCRYPTION_SECRET): also set the one they were ' +
          'encrypted under. If it is lost, remove them: latchkey keys remove <key id>. The last one is replaced then',
      );
    await this.addKey();
  }

  /** Stops a key from signing; its tokens stay valid until they expire. Returns false when there is no such key. */
  async retire(kid: string): Promise<boolean> {
    return this.end(kid, 'retired');
  }

  /** Removes a key immediately; its tokens are no longer accepted. Returns false when there is no such key. */
  async remove(kid: string): Promise<boolean> {
    return this.end(kid, 'removed');
  }

  /** Runs every few seconds: rotates when due, re-encrypts under the newest secret that all instances know, deletes removed keys. */
  async maintain(): Promise<void> {
    await this.ring.load();
    const since = this.settings.rotateEvery - this.settings.publishAhead;
    if (this.ring.isOlderThan(since)) await this.addKey({ unless: { since } });
    await this.renewEncryption();
    await this.store.deleteRemoved();
  }

  private async addKey(condition: { unless?: { algorithm?: string; since?: number } } = {}): Promise<void> {
    if (this.isBlind) return;
    const isAlone = !this.hasActive;
    const needless =
      condition.unless?.algorithm && this.ring.list().some(isLastingKeyOf(condition.unless.algorithm));
    if (needless) return;
    const activeIn = isAlone ? 0 : this.settings.publishAhead;
    const key = await this.generate();
    const added = await this.store.add(key, { activeIn, ...condition });
    if (added) this.events.emit({ type: 'key-rotated', kid: key.kid });
    await this.ring.load();
  }

  private get hasActive(): boolean {
    return this.ring.list().some(({ state }) => state === 'active');
  }

  /** A key of an instance with a wrong secret would take over from good ones that it cannot see. */
  private get isBlind(): boolean {
    return this.ring.unopened.length > 0 && !this.hasActive;
  }

  private async end(kid: string, how: 'retired' | 'removed'): Promise<boolean> {
    const ended = await this.store.end(kid, how, await this.generate());
    if (ended) this.events.emit({ type: `key-${how}`, kid });
    await this.ring.load();
    return ended;
  }

  private async renewEncryption(): Promise<void> {
    await this.encryption.choice.fresh?.();
    for (const { kid, algorithm, privateKey } of this.ring.staleEncryptions()) {
      const context = contextOf(kid, algorithm);
      const pem = this.encryption.decrypt(privateKey, context);
      if (pem) await this.store.reencrypt(kid, privateKey, this.encryption.encrypt(pem, context));
    }
  }

  private async generate(): Promise<NewKey> {
    const { algorithm } = this.settings;
    const pem = await generatePem(algorithm);
    await this.encryption.choice.fresh?.();
    const { kid } = keyFromPem(pem, algorithm);
    return { kid, algorithm, privateKey: this.encryption.encrypt(pem, contextOf(kid, algorithm)) };
  }

  private report(error: Error): void {
    this.warn(`The key ring could not be updated: ${error.message}`);
  }
}

function isLastingKeyOf(algorithm: string) {
  return (key: { algorithm: string; retiredAt: Date | null }) =>
    key.algorithm === algorithm && key.retiredAt === null;
}
