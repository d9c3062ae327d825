import { UnavailableError } from '../errors/auth-errors.js';
import { contextOf, type KeyEncryption } from './key-encryption.js';
import type { Keys } from './key-set.js';
import type { StoredSigningKey } from './signing-key.entity.js';
import type { SigningKeyStore } from './signing-key.store.js';
import { keyFromPem, SIGNING_ALGORITHMS, type SigningAlgorithm, type SigningKey } from './signing-key.js';

/** `pending`: published, not signing yet. `active`: may sign. `retired`: verifies until it is removed. */
export type KeyState = 'pending' | 'active' | 'retired';

/** One key of the ring, for people to look at. */
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

interface Member {
  row: StoredSigningKey;
  key: SigningKey;
  activeAt: number;
  retiredAt: number;
  removeAt: number;
}

/**
 * The keys in PostgreSQL as this instance holds them in memory. Which one signs follows from the times and the
 * database's clock, so all instances switch at the same moment.
 */
export class KeyRing implements Keys {
  /** Newest first. */
  private members: Member[] = [];
  private byId = new Map<string, Member>();
  /** What to add to this process's clock to have the database's, in milliseconds. */
  private clockOffset = 0;
  private loading: Promise<void> = Promise.resolve();

  /** @param fixed keys from elsewhere that verify but do not sign here, for the move to a ring */
  constructor(
    private readonly store: SigningKeyStore,
    private readonly encryption: KeyEncryption,
    private readonly fixed: Keys | undefined,
    private readonly clock: () => number,
    private readonly warn: (message: string) => void,
  ) {}

  /** @throws UnavailableError when the ring holds no key that may sign */
  get current(): SigningKey {
    const member = this.signing();
    if (!member) throw new UnavailableError({ message: 'There is no key to sign with.', retryAfter: 5 });
    return member.key;
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

  /** Every key of the ring, newest first; no private part. */
  list(): RingKey[] {
    const signing = this.signing();
    return this.members.map((member) => {
      const { kid, algorithm, activeAt, retiredAt, removeAt } = member.row;
      const state = this.stateOf(member);
      return { kid, algorithm, state, signs: member === signing, activeAt, retiredAt, removeAt };
    });
  }

  /** Whether the newest key that is not to be retired became active longer ago than `seconds`. */
  isOlderThan(seconds: number): boolean {
    const newest = this.members.find(({ retiredAt }) => retiredAt === Infinity);
    return !newest || newest.activeAt + seconds * 1000 <= this.now();
  }

  /** The keys whose encryption is under a secret that is not the newest. */
  staleEncryptions(): StoredSigningKey[] {
    return this.members.map(({ row }) => row).filter((row) => !this.encryption.isCurrent(row.privateKey));
  }

  /** Reads the ring afresh. Reads do not overtake each other. */
  load(): Promise<void> {
    const next = this.loading.then(async () => {
      const { keys, now } = await this.store.load();
      this.clockOffset = now.getTime() - this.clock();
      this.members = keys.map((row) => this.open(row)).filter((member) => member !== undefined);
      this.byId = new Map(this.members.map((member) => [member.key.kid, member]));
    });
    this.loading = next.catch(() => undefined);
    return next;
  }

  /** Rows that no secret opens are left out: such a key is not known to come from us. */
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
    this.warn(`The signing key ${kid} cannot be opened: give the secret it was encrypted under as well`);
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
