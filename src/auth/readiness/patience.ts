/** What finds everybody busy is repeated for this long before it counts as failed. In milliseconds. */
export const PATIENCE_MS = 10_000;

/** How long to go on without an answer from someone who has answered before, and may only be busy. */
export class Patience {
  private hasAnswered = false;
  private busySince: number | undefined;

  /** @param now milliseconds, on a clock that only moves forward */
  constructor(private readonly now: () => number = () => performance.now()) {}

  answered(): void {
    this.hasAnswered = true;
    this.busySince = undefined;
  }

  /** Something worse than being busy has happened. */
  end(): void {
    this.hasAnswered = false;
  }

  /** Whether to wait on, after another question without an answer. */
  lasts(): boolean {
    this.busySince ??= this.now();
    return this.hasAnswered && this.now() - this.busySince < PATIENCE_MS;
  }
}
