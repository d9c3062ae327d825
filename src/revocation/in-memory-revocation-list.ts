import { steadyTime } from '../database/moment.js';
import { RevocationIndex } from './revocation-index.js';
import type { RevocableToken, Revocation, RevocationList, RevocationWatcher } from './revocation-list.js';

/** Keeps revocations only in this process's memory, until the process ends: for tests and for a single instance. */
export class InMemoryRevocationList implements RevocationList {
  private readonly index: RevocationIndex;
  private readonly clock: () => number;

  /** @param clock milliseconds since the epoch; by default that of the machine */
  constructor(clock?: () => number) {
    this.clock = clock ?? (() => Date.now());
    // If the machine's clock is set forward and back, what was dropped in between would be forgotten.
    this.index = new RevocationIndex(clock ?? (() => Math.min(Date.now(), steadyTime())));
  }

  async revoke(revocations: readonly Revocation[], seconds: number): Promise<void> {
    const now = new Date(this.clock());
    this.index.sweep();
    const until = new Date(this.clock() + seconds * 1000);
    for (const revocation of revocations)
      this.index.add({ ...revocation, since: revocation.since ?? now, until });
  }

  isRevoked(token: RevocableToken): boolean {
    return this.index.has(token);
  }

  watch(watcher: RevocationWatcher): () => void {
    return this.index.watch(watcher);
  }

  get size(): number {
    return this.index.size;
  }
}
