/**
 * Which transactions a look at the database could see, as `pg_current_snapshot()` says it. Ids are 64 bits wide, so they
 * do not wrap around.
 */
export interface Snapshot {
  /** The first id not yet given to a transaction. */
  next: bigint;
  /** Transactions below `next` that had not finished. */
  running: readonly bigint[];
}

/** Transactions, from one to the last before another. */
export interface News {
  from: bigint;
  end: bigint;
}

/** Parses PostgreSQL's notation, `xmin:xmax:running,running`. */
export function parseSnapshot(text: string): Snapshot {
  const [, next, running] = text.split(':');
  return { next: BigInt(next!), running: running ? running.split(',').map(BigInt) : [] };
}

/**
 * The id of the oldest transaction that may have become visible between two looks: one that was running at the first
 * look and has finished since, however long it took, or else the first that began after it. Whoever reads the rows of
 * this and all later transactions misses nothing, because no transaction can commit behind this point.
 */
export function oldestNews(before: Snapshot, now: Snapshot): bigint {
  const running = new Set(now.running);
  let oldest = before.next;
  for (const id of before.running) if (!running.has(id) && id < oldest) oldest = id;
  return oldest;
}
