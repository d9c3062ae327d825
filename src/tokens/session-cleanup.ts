import type { RefreshTokenStore } from './refresh-token.store.js';

const BATCH = 1000;

/** Deletes what nobody needs any more, in small steps that never keep a refresh waiting. */
export class SessionCleanup {
  constructor(private readonly sessions: RefreshTokenStore) {}

  countExpired(): Promise<number> {
    return this.sessions.countExpired();
  }

  /** Deletes every session past its absolute limit; returns how many. Safe to run anywhere, any number at a time. */
  async run({ onProgress }: { onProgress?: (deleted: number) => void } = {}): Promise<number> {
    let deleted = 0;
    for (;;) {
      const batch = await this.sessions.deleteExpired(BATCH);
      deleted += batch;
      onProgress?.(deleted);
      if (batch < BATCH) return deleted;
    }
  }
}
