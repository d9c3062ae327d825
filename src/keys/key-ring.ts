import { UnavailableError } from '../errors/auth-errors.js';
import { Moment } from '../database/moment.js';
import { contextOf, type KeyEncryption } from './key-encryption.js';
import { publicId, SecretChoice } from '../instances/secret-choice.js';
import type { Keys } from './key-set.js';
import type { StoredSigningKey } from './signing-key.entity.js';
import type { SigningKeyStore } from './signing-key.store.js';
import { keyFromPem, SIGNING_ALGORITHMS, type SigningAlgorithm, type SigningKey } from './signing-key.js';

/** `pending`: published but not signing yet. `active`: may sign. `retired`: only verifies, until it is removed. */
export type KeyState = 'pending' | 'active' | 'retired';

/** One key of the ring, as shown to operators; has no private part. */
export interface RingKey {
  kid: string;
  algorithm: string;
  state: KeyState;
  /** Whether it signs now: the newest active key does. */
  signs: boolean;
  activeAt: Date;
  retiredAt: Date | null;
  removeAt: Date | null;
}

/** It is loaded every ten seconds. */
const STALE_MS = 30_000;

interface Member {
  row: StoredSigningKey;
  key: SigningKey;
  activeAt: number;
  retiredAt: number;
  removeAt: number;
}

/**
 * This instance's copy, in memory, of the keys in PostgreSQL. Their times and the database's clock determine which key
 * signs, so all instances switch at the same moment.
 */
export class KeyRing implements Keys {
  /** @internal */
  readonly choice: SecretChoice;
  /** Newest first. */
  private members: Member[] = [];
  private byId = new Map<string, Member>();
  /** The database's clock minus this process's clock, in milliseconds. */
  private clockOffset = 0;
  private loading: Promise<void> = Promise.resolve();
  private closed: readonly string[] = [];
  private loaded: Moment | undefined;

  /**
   * @param fixed configured keys that verify but do not sign, for a migration to the ring
   * @internal
   */
  constructor(
    private readonly store: SigningKeyStore,
    private readonly encryption: KeyEncryption,
    private readonly fixed: Keys | undefined,
    private readonly clock: () => number,
    private readonly warn: (message: string) => void,
  ) {
    this.choice = new SecretChoice([publicId('ring', 'jwt.keyRing'), ...(fixed?.choice.ids ?? [])]);
  }

  /**
   * The key that signs now: during a migration to the ring a configured one, until all instances have the ring.
   * @throws UnavailableError when the ring has no active key
   */
  get current(): SigningKey {
    const { position } = this.choice;
    if (position > 0) return this.fixed!.all()[position - 1]!;
    const member = this.signing();
    if (!member) throw new UnavailableError({ message: 'There is no active signing key.', retryAfter: 5 });
    return member.key;
  }

  get mayLackKeys(): boolean {
    return !this.loaded || this.loaded.age > STALE_MS;
  }

  find(kid: string): SigningKey | undefined {
    const member = this.byId.get(kid);
    return member && this.now() < member.removeAt ? member.key : this.fixed?.find(kid);
  }

  all(): readonly SigningKey[] {
    const now = this.now();
    const live = this.members.filter(({ removeAt }) => now < removeAt).map(({ key }) => key);
    return [...live, ...(this.fixed?.all() ?? [])];
  }

  /** Returns every key of the ring, newest first, without its private part. */
  list(): RingKey[] {
    const signing = this.choice.position === 0 ? this.signing() : undefined;
    return this.members.map((member) => {
      const { kid, algorithm, activeAt, retiredAt, removeAt } = member.row;
      const state = this.stateOf(member);
      return { kid, algorithm, state, signs: member === signing, activeAt, retiredAt, removeAt };
    });
  }

  /** Returns how many keys may sign now, and for how many seconds the one that does has been active. */
  signingState(): { usable: number; age: number | undefined } {
    const signing = this.signing();
    const usable = this.members.filter((member) => this.stateOf(member) === 'active').length;
    return { usable, age: signing && (this.now() - signing.activeAt) / 1000 };
  }

  /** The ids of the keys that none of the configured secrets decrypts. Nothing is signed or verified with them. */
  get unopened(): readonly string[] {
    return this.closed;
  }

  /** Whether the newest key without a retirement date became active more than `seconds` ago. */
  isOlderThan(seconds: number): boolean {
    const newest = this.members.find(({ retiredAt }) => retiredAt === Infinity);
    return !newest || newest.activeAt + seconds * 1000 <= this.now();
  }

  /** Returns the keys that are encrypted under an older secret. */
  staleEncryptions(): StoredSigningKey[] {
    return this.members.map(({ row }) => row).filter((row) => !this.encryption.isCurrent(row.privateKey));
  }

  /** Reloads the ring from the database. Loads run one after the other, in order. */
  load(): Promise<void> {
    const next = this.loading.then(async () => {
      const asked = new Moment();
      const { keys, now } = await this.store.load();
      this.clockOffset = now.getTime() - this.clock();
      const opened = keys.map((row) => this.open(row));
      this.members = opened.filter((member) => member !== undefined);
      this.closed = keys.filter((_, place) => !opened[place]).map(({ kid }) => kid);
      this.byId = new Map(this.members.map((member) => [member.key.kid, member]));
      this.loaded = asked;
    });
    this.loading = next.catch(() => undefined);
    return next;
  }

  /** Rows that no secret decrypts are left out: nothing proves that Latchkey wrote such a key. */
  private open(row: StoredSigningKey): Member | undefined {
    const key = this.byId.get(row.kid)?.key ?? this.parse(row);
    if (!key) return undefined;
    return {
      row,
      key,
      activeAt: row.activeAt.getTime(),
      retiredAt: row.retiredAt?.getTime() ?? Infinity,
      removeAt: row.removeAt?.getTime() ?? Infinity,
    };
  }

  private parse({ kid, algorithm, privateKey }: StoredSigningKey): SigningKey | undefined {
    const pem = this.encryption.decrypt(privateKey, contextOf(kid, algorithm));
    if (pem !== null && SIGNING_ALGORITHMS.includes(algorithm as SigningAlgorithm)) {
      return keyFromPem(pem, algorithm as SigningAlgorithm);
    }
    if (!this.closed.includes(kid))
      this.warn(
        `The signing key ${kid} cannot be decrypted: also configure the secret it was encrypted under`,
      );
    return undefined;
  }

  private signing(): Member | undefined {
    return this.members.find((member) => this.stateOf(member) === 'active');
  }

  private stateOf({ activeAt, retiredAt }: Member): KeyState {
    const now = this.now();
    if (now < activeAt) return 'pending';
    return now < retiredAt ? 'active' : 'retired';
  }

  private now(): number {
    return this.clock() + this.clockOffset;
  }
}
