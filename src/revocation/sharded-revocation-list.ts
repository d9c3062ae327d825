import { MAIN, shardOf } from '../sessions/shards/shard-number.js';
import type { RevocableToken, Revocation, RevocationList, RevocationWatcher } from './revocation-list.js';

interface MainParts {
  readonly size: number;
  readonly staleness: number;
  onModuleInit(): Promise<void>;
  onModuleDestroy(): void | Promise<void>;
}

/** The list of the main database, and those of the shards. */
export interface RevocationLists {
  readonly main: RevocationList & MainParts;
  /** @throws UnavailableError if this shard has not been reached yet, or is none of them */
  ofShard(number: number): RevocationList;
  /** Those that have been reached. */
  readonly reached: readonly { readonly size: number }[];
  /** Calls `watcher` for all shards, also for those that are reached later. */
  watchShards(watcher: RevocationWatcher): () => void;
}

/**
 * Revocations of sessions are in the database that keeps the session, all others in the main one. If a shard
 * cannot be reached, only tokens of its own sessions are rejected.
 */
export class ShardedRevocationList implements RevocationList {
  constructor(private readonly lists: RevocationLists) {}

  onModuleInit(): Promise<void> {
    return this.lists.main.onModuleInit();
  }

  async onModuleDestroy(): Promise<void> {
    await this.lists.main.onModuleDestroy();
  }

  async revoke(revocations: readonly Revocation[], seconds: number): Promise<void> {
    const byShard = new Map<number, Revocation[]>();
    for (const revocation of revocations) {
      const number = revocation.kind === 'session' ? shardOf(revocation.id) : MAIN;
      byShard.set(number, [...(byShard.get(number) ?? []), revocation]);
    }
    const done = await Promise.allSettled(
      [...byShard].map(async ([number, some]) => this.of(number).revoke(some, seconds)),
    );
    for (const each of done) if (each.status === 'rejected') throw each.reason;
  }

  isRevoked(token: RevocableToken): boolean | Promise<boolean> {
    const known = this.lists.main.isRevoked(token);
    const number = shardOf(token.sid);
    if (number === MAIN || known === true) return known;
    const there = this.inShard(number, token);
    if (known === false) return there;
    const both = Promise.all([known, there]).then((answers) => answers.includes(true));
    if (there !== true) return both;
    both.catch(() => undefined); // the main database need not answer
    return true;
  }

  watch(watcher: RevocationWatcher): () => void {
    const ends = [this.lists.main.watch!(watcher), this.lists.watchShards(watcher)];
    return () => ends.forEach((end) => end());
  }

  /** The number of revocations held in memory. */
  get size(): number {
    return [this.lists.main, ...this.lists.reached].reduce((sum, { size }) => sum + size, 0);
  }

  /** Seconds since this instance was last known to be up to date with the main database. */
  get staleness(): number {
    return this.lists.main.staleness;
  }

  private of(number: number): RevocationList {
    return number === MAIN ? this.lists.main : this.lists.ofShard(number);
  }

  private inShard(number: number, token: RevocableToken): boolean | Promise<boolean> {
    try {
      return this.lists.ofShard(number).isRevoked(token);
    } catch (error) {
      return Promise.reject(error as Error);
    }
  }
}
