/** Wakes one waiter. A signal that is given while nobody waits is kept. */
export class Signal {
  private isGiven = false;
  private wake: (() => void) | undefined;

  give(): void {
    this.isGiven = true;
    this.wake?.();
  }

  clear(): void {
    this.isGiven = false;
  }

  /** Resolves at the next signal, or after a time. */
  async wait(ms: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    if (!this.isGiven)
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        timer = setTimeout(resolve, ms).unref();
      });
    clearTimeout(timer);
    this.isGiven = false;
    this.wake = undefined;
  }
}
