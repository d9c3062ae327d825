import { availableParallelism } from 'node:os';
import bcrypt from 'bcrypt';
import { BoundedQueue } from './bounded-queue.js';
import type { PasswordHasher } from './password-hasher.js';
import { normalizePassword } from './password-text.js';
import { peppersOf, season, type Pepper } from './pepper.js';

export interface BcryptPasswordHasherOptions {
  /** 4 to 15; each step doubles the time of a hash. */
  cost: number;
  /** Secrets of at least 32 bytes, newest first: the first one hashes, all verify. Losing one loses its passwords. */
  peppers?: readonly string[];
  /** Hashes at once. By default one thread of libuv's four stays free for files and names. */
  concurrency?: number;
  /** Hashes waiting for their turn before `UnavailableError`. */
  queueLimit?: number;
}

interface StoredHash {
  /** Null for plain bcrypt, brought from elsewhere. */
  pepperId: string | null;
  cost: number;
  bcrypt: string;
}

const FORMAT = /^(?:lk1\$(?<pepperId>-|[\da-f]{8})\$)?\$2[aby]\$(?<cost>\d\d)\$(?<rest>[./A-Za-z\d]{53})$/;

/** A hash of more cost would hold a thread for many seconds at each login: nobody made that on purpose. */
const MAX_COST_VERIFIED = 16;

/**
 * `bcrypt(base64(HMAC-SHA-384(pepper, NFC(password))))`, stored as `lk1$<pepper id>$<bcrypt>`. Bcrypt alone would cut
 * passwords after 72 bytes. Plain bcrypt hashes verify too, as bcrypt reads them, and want a rehash.
 */
export class BcryptPasswordHasher implements PasswordHasher {
  private readonly peppers: [Pepper, ...Pepper[]];
  private readonly queue: BoundedQueue;
  /** A hash no password has; comparing with it takes as long as with any other. */
  private readonly decoy: string;

  constructor(private readonly options: BcryptPasswordHasherOptions) {
    if (!Number.isInteger(options.cost) || options.cost < 4 || options.cost > 15) {
      throw new RangeError('The cost of bcrypt must be a whole number from 4 to 15.');
    }
    this.peppers = peppersOf(options.peppers ?? []);
    this.queue = new BoundedQueue(options.concurrency ?? defaultConcurrency(), options.queueLimit ?? 32);
    this.decoy = `$2b$${String(options.cost).padStart(2, '0')}$${'.'.repeat(53)}`;
  }

  /** How many hashes are at work, and how many wait their turn. */
  get load(): { active: number; waiting: number } {
    const { active, waiting } = this.queue;
    return { active, waiting };
  }

  /** Throws a `RangeError` for text that `verify` would never accept; the password policy has refused it before. */
  hash(password: string): Promise<string> {
    return this.queue.run(async () => {
      const [pepper] = this.peppers;
      const normalized = normalizePassword(password);
      if (normalized === null) throw new RangeError('This password is too long or no valid Unicode.');
      return `lk1$${pepper.id}$${await bcrypt.hash(season(normalized, pepper), this.options.cost)}`;
    });
  }

  verify(password: string, hash: string): Promise<boolean> {
    return this.queue.run(async () => {
      const stored = parse(hash);
      const input = stored && this.inputFor(stored, password);
      // What cannot match is compared all the same, so that the time does not tell.
      const matches = await bcrypt.compare(input ?? '', stored?.bcrypt ?? this.decoy);
      return matches && input !== null;
    });
  }

  needsRehash(hash: string): boolean {
    const stored = parse(hash);
    return stored?.pepperId !== this.peppers[0].id || stored.cost !== this.options.cost;
  }

  /** What bcrypt was given for this hash if `password` is right; null when it cannot be. */
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
  // The three letters name one algorithm. Only `b` is safe: bcrypt's own library does not know `y`, and keeps a bug of
  // passwords over 254 bytes for `a`.
  return { pepperId: pepperId ?? null, cost: Number(cost), bcrypt: `$2b$${cost}$${rest}` };
}

function defaultConcurrency(): number {
  return Math.max(1, Math.min(availableParallelism(), 3));
}
