import { UnavailableError } from '../errors/auth-errors.js';
import type { Applicant, Priority } from './password-hasher.js';
import { WaitingTurns } from './waiting-turns.js';

/** The part of the room that each priority above the lowest has for itself. */
const RESERVED_SHARE = 1 / 4;
const ANYONE: Applicant = { source: '', priority: 'normal' };

/**
 * Runs at most `concurrency` tasks in parallel and lets others wait their turn: `maxWaiting`, a quarter more with high
 * priority, a quarter fewer with low priority; and always a quarter with normal priority, however many others wait.
 * Networks take turns, and within a network its parts and sources, so that one with many tasks delays only itself. When
 * there is no room, the newest task of the network that has the most gives way to that of a network with fewer; one with
 * a higher priority does so only if its network has more than a quarter of the room. Tasks without room are rejected
 * with `UnavailableError` before they cost anything: an answer now is worth more than one in a minute.
 */
export class FairQueue {
  private readonly turns: WaitingTurns;
  private readonly reserved: number;
  private running = 0;

  constructor(
    private readonly concurrency: number,
    private readonly maxWaiting: number,
  ) {
    this.reserved = Math.floor(maxWaiting * RESERVED_SHARE);
    this.turns = new WaitingTurns(this.reserved);
  }

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

  private turn(applicant: Applicant): Promise<void> {
    if (!this.hasRoom(applicant.priority) && !this.turns.makeRoom(applicant)) throw noRoom();
    return new Promise((resolve, reject) =>
      this.turns.add({ ...applicant, start: resolve, refuse: () => reject(noRoom()) }),
    );
  }

  private hasRoom(priority: Priority): boolean {
    const { turns, maxWaiting, reserved } = this;
    if (priority === 'high') return turns.size < maxWaiting + reserved;
    if (priority === 'low') return turns.size < maxWaiting - reserved;
    return turns.size < maxWaiting || turns.count('normal') < reserved;
  }
}

function noRoom(): UnavailableError {
  return new UnavailableError({ retryAfter: 1 });
}
