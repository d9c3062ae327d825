import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { SecretChoice } from '../instances/secret-choice.js';
import { inSpan } from '../tracing/spans.js';
import { FairQueue } from './fair-queue.js';
import { Argon2MissingError } from './foreign-hashes/argon2.js';
import type { ForeignHash } from './foreign-hashes/foreign-hash.js';
import { readForeignHash } from './foreign-hashes/read-foreign-hash.js';
import type { Applicant, PasswordHasher } from './password-hasher.js';
import { normalizePassword } from './password-text.js';
import { peppersOf, season, type Pepper } from './pepper.js';

export interface BcryptPasswordHasherOptions {
  /** 4 to 15; each step doubles the time of a hash. */
  cost: number;
  /** Secrets of at least 32 bytes, newest first: the first that all instances know hashes, all verify. If one is lost, so are its passwords. */
  peppers?: readonly string[];
  /** The maximum number of parallel hashes. The default leaves one of libuv's four threads free for files and DNS. */
  concurrency?: number;
  /**
   * The maximum number of hashes waiting their turn, a quarter more or fewer by priority; further ones fail with
   * `UnavailableError`. Default: 32.
   */
  queueLimit?: number;
  /** Is told, at most once a minute, what to install if a stored hash cannot be verified without it. */
  warn?: (message: string) => void;
}

interface StoredHash {
  /** Null for a plain bcrypt hash imported from elsewhere. */
  pepperId: string | null;
  cost: number;
  bcrypt: string;
}

const FORMAT = /^(?:lk1\$(?<pepperId>-|[\da-f]{8})\$)?\$2[aby]\$(?<cost>\d\d)\$(?<rest>[./A-Za-z\d]{53})$/;

/** A hash with a higher cost would block a thread for many seconds at each login; nobody creates one on purpose. */
const MAX_COST_VERIFIED = 16;

const WARN_EVERY_MS = 60_000;

/**
 * `bcrypt(base64(HMAC-SHA-384(pepper, NFC(password))))`, stored as `lk1$<pepper id>$<bcrypt>`. Bcrypt alone would
 * truncate passwords after 72 bytes. Plain bcrypt hashes are verified as bcrypt does, and hashes that other systems made
 * with Argon2, scrypt, PBKDF2 or SHA-crypt as those systems do; they need a rehash.
 */
export class BcryptPasswordHasher implements PasswordHasher {
  /** @internal */
  readonly choice: SecretChoice;
  private readonly peppers: [Pepper, ...Pepper[]];
  private readonly queue: FairQueue;
  /** What no password hashes to; comparing with it takes as long as with any other. */
  private readonly matchless: string;
  private lastWarning = -Infinity;

  /** @throws RangeError when the cost is out of range or a pepper is shorter than 32 bytes */
  constructor(private readonly options: BcryptPasswordHasherOptions) {
    if (!Number.isInteger(options.cost) || options.cost < 4 || options.cost > 15) {
      throw new RangeError('The bcrypt cost must be a whole number from 4 to 15.');
    }
    this.peppers = peppersOf(options.peppers ?? []);
    this.choice = new SecretChoice(this.peppers.map(({ instanceId }) => instanceId));
    this.queue = new FairQueue(options.concurrency ?? defaultConcurrency(), options.queueLimit ?? 32);
    this.matchless = `$2b$${String(options.cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  }

  /** The number of hashes in progress, and the number waiting their turn. */
  get load(): { active: number; waiting: number } {
    const { active, waiting } = this.queue;
    return { active, waiting };
  }

  /**
   * Hashes a password.
   * @throws RangeError for text that `verify` would never accept; the password policy rejects such text earlier
   * @throws UnavailableError when too many hashes are waiting
   */
  hash(password: string, applicant?: Applicant): Promise<string> {
    return this.inTurn('hash', applicant, async () => {
      await this.choice.fresh?.();
      const pepper = this.pepper;
      const normalized = normalizePassword(password);
      if (normalized === null) throw new RangeError('This password is too long or is not valid Unicode.');
      return `lk1$${pepper.id}$${await bcrypt.hash(season(normalized, pepper), this.options.cost)}`;
    });
  }

  verify(password: string, hash: string, applicant?: Applicant): Promise<boolean> {
    return this.inTurn('verify', applicant, async () => {
      const stored = parse(hash);
      const foreign = stored ? null : readForeignHash(hash);
      const answer =
        foreign && normalizePassword(password) !== null ? await this.ask(foreign, password) : null;
      if (answer !== null) return answer;
      const input = stored && this.inputFor(stored, password);
      // Compares even when nothing can match, so that the time reveals nothing.
      const matches = await bcrypt.compare(input ?? '', stored?.bcrypt ?? this.matchless);
      return matches && input !== null;
    });
  }

  needsRehash(hash: string): boolean {
    const stored = parse(hash);
    return stored?.pepperId !== this.pepper.id || stored.cost !== this.options.cost;
  }

  canVerify(hash: string): boolean {
    const stored = parse(hash);
    if (!stored) {
      const foreign = readForeignHash(hash);
      return foreign !== null && (foreign.isComputable?.() ?? true);
    }
    return stored.pepperId === null || this.peppers.some(({ id }) => id === stored.pepperId);
  }

  /** A hash like ours that no password matches. @internal */
  get decoy(): string {
    return `${this.prefix}${this.matchless}`;
  }

  /** What our hashes begin with while this pepper is used. @internal */
  get prefix(): string {
    return `lk1$${this.pepper.id}$`;
  }

  /** The one that hashes now. */
  private get pepper(): Pepper {
    return this.peppers[this.choice.position]!;
  }

  /** A span includes the time in the queue, and says how long that was. */
  private inTurn<T>(what: string, applicant: Applicant | undefined, task: () => Promise<T>): Promise<T> {
    return inSpan(`password ${what}`, {}, (span) => {
      const arrived = performance.now();
      return this.queue.run(() => {
        span?.setAttribute('latchkey.hashing.wait_ms', Math.round(performance.now() - arrived));
        return task();
      }, applicant);
    });
  }

  /** Returns `null` if nothing here computes this hash: for its user, that is like a wrong password. */
  private async ask(foreign: ForeignHash, password: string): Promise<boolean | null> {
    try {
      return await foreign.verify(password);
    } catch (error) {
      if (!(error instanceof Argon2MissingError)) throw error;
      const now = performance.now();
      if (now - this.lastWarning >= WARN_EVERY_MS) {
        this.lastWarning = now;
        this.options.warn?.(`${error.message}. Until then, its user cannot log in with the password.`);
      }
      return null;
    }
  }

  /** Returns bcrypt's input for this hash if `password` is right; null if it cannot be right. */
  private inputFor({ pepperId }: StoredHash, password: string): string | null {
    const normalized = normalizePassword(password);
    if (normalized === null) return null;
    if (pepperId === null) return password;
    const pepper = this.peppers.find(({ id }) => id === pepperId);
    return pepper ? season(normalized, pepper) : null;
  }
}

function parse(hash: string): StoredHash | null {
  const { pepperId, cost, rest } = FORMAT.exec(hash)?.groups ?? {};
  if (!cost || Number(cost) < 4 || Number(cost) > MAX_COST_VERIFIED) return null;
  // All three letters name the same algorithm. Only `b` is safe to pass on: the bcrypt library does not know `y`, and
  // for `a` it preserves a bug with passwords over 254 bytes.
  return { pepperId: pepperId ?? null, cost: Number(cost), bcrypt: `$2b$${cost}$${rest}` };
}

function defaultConcurrency(): number {
  return Math.max(1, Math.min(availableParallelism(), 3));
}
