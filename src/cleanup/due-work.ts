import { UnavailableError } from '../errors/auth-errors.js';

/** How many things are done in one batch: each takes several statements. */
const BATCH = 50;

/** Things that are due, such as accounts that are to be deleted. */
export interface DueWork {
  /** Up to `limit` ids of what is due. */
  list(limit: number): Promise<string[]>;
  /** Returns `false` if it was not done because it is no longer due. */
  do(id: string): Promise<boolean>;
  /** One thing could not be done. */
  failed(id: string, error: Error): void;
}

/**
 * Does what is due until nothing is left, or the limit is reached; returns how much was done. What fails does not keep the
 * rest: it is tried again by the next run.
 * @throws UnavailableError when the database is unavailable
 */
export async function doWhatIsDue(work: DueWork, limit: number): Promise<number> {
  // Each is tried once, even if it is listed again.
  const left = new Set<string>();
  let done = 0;
  while (done < limit) {
    const listed = await work.list(Math.min(BATCH, limit - done) + left.size);
    const due = listed.filter((id) => !left.has(id));
    if (due.length === 0) break;
    for (const id of due)
      if (await isDone(work, id)) done++;
      else left.add(id);
  }
  return done;
}

async function isDone(work: DueWork, id: string): Promise<boolean> {
  try {
    return await work.do(id);
  } catch (error) {
    if (error instanceof UnavailableError) throw error;
    work.failed(id, error as Error);
    return false;
  }
}
