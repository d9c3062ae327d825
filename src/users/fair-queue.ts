import { UnavailableError } from '../errors/auth-errors.js';
import { type Applicant, type Priority, PRIORITIES } from './password-hasher.js';
import { WaitingTurns } from './waiting-turns.js';

/** The part of the room that each higher priority has for itself. */
const RESERVED_SHARE = 1 / 4;
const ANYONE: Applicant = { source: '', priority: 'normal' };

/**
 * Runs at most `concurrency` tasks in parallel and lets others wait their turn: `maxWaiting`, a quarter more with high
 * priority, a quarter fewer with low priority. Sources take turns, so that one with many tasks delays only itself. When
 * there is no room, the newest task of the source that has the most gives way to that of a source with fewer, unless
 * its priority is higher. Tasks without room are rejected with `UnavailableError` before they cost anything: an answer
 * now is worth more than one in a minute.
 */
export class FairQueue {
  private readonly turns = new WaitingTurns();
  private running = 0;

  constructor(
    private readonly concurrency: number,
    private readonly maxWaiting: number,
  ) {}

  /** The number of running tasks. */
  get active(): number {
    return this.running;
  }

  /** The number of tasks waiting their turn. */
  get waiting(): number {
    return this.turns.size;
  }

  async run<T>(task: () => Promise<T>, applicant: Applicant = ANYONE): Promise<T> {
    if (this.running < this.concurrency) this.running++;
    else await this.turn(applicant);
    try {
      return await task();
    } finally {
      // The place passes on directly: whoever arrives now must not overtake those who wait.
      const next = this.turns.next();
      if (next) next.start();
      else this.running--;
    }
  }

  private turn({ source, priority }: Applicant): Promise<void> {
    if (this.turns.size >= this.room(priority) && !this.turns.makeRoom(source, priority)) throw noRoom();
    return new Promise((resolve, reject) =>
      this.turns.add({ source, priority, start: resolve, refuse: () => reject(noRoom()) }),
    );
  }

  private room(priority: Priority): number {
    const level = PRIORITIES.indexOf(priority) - PRIORITIES.indexOf('normal');
    return this.maxWaiting + level * Math.floor(this.maxWaiting * RESERVED_SHARE);
  }
}

function noRoom(): UnavailableError {
  return new UnavailableError({ retryAfter: 1 });
}
