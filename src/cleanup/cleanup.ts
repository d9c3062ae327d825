import type { DataSource } from 'typeorm';

const BATCH = 1_000;
/** Any number will do, as long as every instance asks for the same one. */
const CLEANUP_LOCK = 7_246_353;

/** A table in which rows become useless with time. */
export interface Expiring {
  countExpired(): Promise<number>;
  /** Deletes up to `limit` useless rows that nobody is at; returns how many. */
  deleteExpired(limit: number): Promise<number>;
}

/** How to watch a run. */
export interface CleanupOptions {
  /** Called after each batch, with how many rows are deleted so far. */
  onProgress?: (deleted: number) => void;
}

/**
 * Deletes what nobody needs any more, in batches that never keep a refresh waiting; one instance at a time. Whatever
 * stops it midway, the next run goes on from there.
 */
export class Cleanup {
  private timer: NodeJS.Timeout | undefined;

  /** @param every seconds between two runs; 0: only when asked */
  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: readonly Expiring[],
    private readonly every: number,
    private readonly warn: (message: string) => void,
  ) {}

  onApplicationBootstrap(): void {
    if (this.every === 0) return;
    const run = () => this.run().catch((error: Error) => this.warn(`The clean-up failed: ${error.message}`));
    this.timer = setInterval(run, this.every * 1000).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** How many rows a run would delete now. */
  async countExpired(): Promise<number> {
    const counts = await Promise.all(this.tables.map((table) => table.countExpired()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Returns how many rows it deleted; `null` when another instance is at it. */
  async run({ onProgress }: CleanupOptions = {}): Promise<number | null> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const [{ mine }] = await runner.query('SELECT pg_try_advisory_lock($1) AS mine', [CLEANUP_LOCK]);
      if (!mine) return null;
      try {
        return await this.deleteAll(onProgress);
      } finally {
        // Should the connection be gone, so is the lock.
        await runner.query('SELECT pg_advisory_unlock($1)', [CLEANUP_LOCK]).catch(() => undefined);
      }
    } finally {
      await runner.release();
    }
  }

  private async deleteAll(onProgress?: (deleted: number) => void): Promise<number> {
    let deleted = 0;
    for (const table of this.tables) {
      let batch: number;
      do {
        batch = await table.deleteExpired(BATCH);
        deleted += batch;
        onProgress?.(deleted);
      } while (batch === BATCH);
    }
    return deleted;
  }
}
