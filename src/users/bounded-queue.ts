import pLimit, { type LimitFunction } from 'p-limit';
import { UnavailableError } from '../errors/auth-errors.js';

/**
 * Runs at most `concurrency` tasks in parallel and lets at most `maxWaiting` others wait their turn. Rejects further
 * tasks with `UnavailableError` before they cost anything: an answer now is worth more than one in a minute.
 */
export class BoundedQueue {
  private readonly limit: LimitFunction;

  constructor(
    concurrency: number,
    private readonly maxWaiting: number,
  ) {
    this.limit = pLimit(concurrency);
  }

  /** The number of running tasks. */
  get active(): number {
    return this.limit.activeCount;
  }

  /** The number of tasks waiting their turn. */
  get waiting(): number {
    return this.limit.pendingCount;
  }

  async run<T>(task: () => Promise<T>): Promise<T> {
    const { activeCount, concurrency, pendingCount } = this.limit;
    if (activeCount >= concurrency && pendingCount >= this.maxWaiting) {
      throw new UnavailableError({ retryAfter: 1 });
    }
    return this.limit(task);
  }
}
