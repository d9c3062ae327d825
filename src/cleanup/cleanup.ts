import type { DataSource } from 'typeorm';

const BATCH = 1_000;
/** An arbitrary number, the same for all instances. */
const CLEANUP_LOCK = 7_246_353;

/** A table whose rows become useless over time. */
export interface Expiring {
  countExpired(): Promise<number>;
  /** Deletes up to `limit` useless rows that are not locked; returns how many. */
  deleteExpired(limit: number): Promise<number>;
}

/** Options for one run of the cleanup. */
export interface CleanupOptions {
  /** Called after each batch with the number of rows deleted so far. */
  onProgress?: (deleted: number) => void;
}

/**
 * Deletes expired rows, in batches that never block a refresh, on one instance at a time. If a run is interrupted, the
 * next one continues from there.
 */
export class Cleanup {
  private timer: NodeJS.Timeout | undefined;

  /** @param every seconds between two runs; 0 for no automatic runs */
  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: readonly Expiring[],
    private readonly every: number,
    private readonly warn: (message: string) => void,
  ) {}

  onApplicationBootstrap(): void {
    if (this.every === 0) return;
    const run = () => this.run().catch((error: Error) => this.warn(`The cleanup failed: ${error.message}`));
    this.timer = setInterval(run, this.every * 1000).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /** Returns how many rows a run would delete now. */
  async countExpired(): Promise<number> {
    const counts = await Promise.all(this.tables.map((table) => table.countExpired()));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Runs now. Returns how many rows were deleted, or `null` when another instance is already running a cleanup. */
  async run({ onProgress }: CleanupOptions = {}): Promise<number | null> {
    const runner = this.dataSource.createQueryRunner();
    try {
      const [{ mine }] = await runner.query('SELECT pg_try_advisory_lock($1) AS mine', [CLEANUP_LOCK]);
      if (!mine) return null;
      try {
        return await this.deleteAll(onProgress);
      } finally {
        // If the connection is gone, so is the lock.
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
