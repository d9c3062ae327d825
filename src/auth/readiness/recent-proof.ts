import { UnavailableError } from '../../errors/auth-errors.js';
import { PATIENCE_MS } from './patience.js';

/** How long a proof counts, and how soon a failed one is repeated. In milliseconds. */
const VALID_MS = 60_000;
const RETRY_MS = 1_000;

/** Nothing is wrong except that the proof could not be completed now. */
export class Undecided extends UnavailableError {}

/**
 * Keeps the outcome of a proof that is too expensive to repeat at each question: a success for a minute, a failure for a
 * second. One proof runs at a time, and all who ask meanwhile share it.
 */
export class RecentProof {
  private provedAt = -Infinity;
  private triedAt = -Infinity;
  private failure: Error | undefined;
  private running: Promise<void> | undefined;

  /**
   * @param prove rejects with what is wrong, or with {@link Undecided}
   * @param now milliseconds, on a clock that only moves forward
   */
  constructor(
    private readonly prove: () => Promise<void>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Rejects with what is wrong, if the latest proof failed. */
  async check(): Promise<void> {
    const now = this.now();
    const isProved = !this.failure && now - this.provedAt < VALID_MS;
    if (!isProved && now - this.triedAt >= RETRY_MS)
      this.running ??= this.attempt().finally(() => (this.running = undefined));
    await this.running;
    if (this.failure) throw this.failure;
  }

  private async attempt(): Promise<void> {
    const began = this.now();
    this.triedAt = began;
    try {
      await this.prove();
      this.provedAt = began;
      this.failure = undefined;
    } catch (error) {
      const isRecent = began - this.provedAt < VALID_MS + PATIENCE_MS;
      // While it is undecided, what is known stays.
      if (error instanceof Undecided && (this.failure || isRecent)) return;
      this.failure = error as Error;
    }
  }
}
