const PAUSE_MS = { first: 500, longest: 30_000 };

/** What is known about a server that does not answer, and when it is worth asking again. */
export class Outage {
  private until = 0;
  private times = 0;
  private reported = '';

  constructor(private readonly warn: (message: string) => void) {}

  /** Whether the last attempts have failed. */
  get isOn(): boolean {
    return this.times > 0;
  }

  /** How long to wait, in milliseconds. */
  get pause(): number {
    return Math.max(0, this.until - performance.now());
  }

  /** An attempt has failed. False during the pause: it is one of those that were under way. */
  begin(reason: string): boolean {
    if (this.pause > 0) return false;
    this.report(`Mails cannot be sent for the time being: ${reason}`);
    const pause = Math.min(PAUSE_MS.longest, PAUSE_MS.first * 2 ** Math.min(this.times++, 10));
    this.until = performance.now() + pause * (0.8 + Math.random() / 5);
    return true;
  }

  /** The server has answered. */
  end(): void {
    if (this.isOn) this.warn('The mail server answers again');
    this.until = this.times = 0;
    this.reported = '';
  }

  /** Once for each cause. */
  report(message: string): void {
    if (this.reported !== message) this.warn(message);
    this.reported = message;
  }
}
