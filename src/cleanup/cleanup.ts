import type { Lease, Leases } from '../database/leases.js';

const BATCH = 1_000;
/** A run renews its lease after every batch, and a batch takes much less time. */
const LEASE_MS = 10_000;

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
  /**
   * Waits for a run that was killed a moment ago, which looks like one on another instance for ten seconds. Default
   * false: a run that finds another one ends immediately.
   */
  wait?: boolean;
}

/**
 * Deletes expired rows, in batches that never block a refresh, on one instance at a time. If a run is interrupted, the
 * next one continues from there. Between batches, it holds no connection.
 */
export class Cleanup {
  /** Rows deleted, and runs that failed, since the process started. */
  readonly counts = { rows: 0, failures: 0 };
  private timer: NodeJS.Timeout | undefined;
  private completedAt = performance.now();

  /** @param every seconds between two runs; 0 for no automatic runs. @internal */
  constructor(
    private readonly leases: Leases,
    private readonly tables: readonly Expiring[],
    private readonly every: number,
    private readonly warn: (message: string) => void,
  ) {}

  /** Whether runs are automatic. */
  get isAutomatic(): boolean {
    return this.every > 0;
  }

  /** Seconds since this instance last completed a run, or since it started. */
  get age(): number {
    return (performance.now() - this.completedAt) / 1000;
  }

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

  /**
   * Runs now. Returns how many rows were deleted, or `null` when another instance is already running a cleanup. A run
   * that was frozen for so long that another one has started stops, and returns how many rows it deleted itself.
   * @throws UnavailableError when the database is unavailable
   */
  async run(options: CleanupOptions = {}): Promise<number | null> {
    try {
      return await this.runOnce(options);
    } catch (error) {
      this.counts.failures += 1;
      throw error;
    }
  }

  private async runOnce({ onProgress, wait = false }: CleanupOptions): Promise<number | null> {
    const waitMs = wait ? LEASE_MS + 1_000 : 0;
    const lease = await this.leases.acquire('cleanup', { lastsMs: LEASE_MS, waitMs });
    if (!lease) return null;
    try {
      return await this.deleteAll(lease, onProgress);
    } finally {
      await lease.release();
    }
  }

  private async deleteAll(lease: Lease, onProgress?: (deleted: number) => void): Promise<number> {
    let deleted = 0;
    for (const table of this.tables) {
      let batch: number;
      do {
        batch = await table.deleteExpired(BATCH);
        deleted += batch;
        this.counts.rows += batch;
        onProgress?.(deleted);
        if (!(await lease.renew())) return deleted;
      } while (batch === BATCH);
    }
    this.completedAt = performance.now();
    return deleted;
  }
}
