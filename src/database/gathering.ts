/** How many pieces of work may be under way before requests wait for one of them to end. */
const AT_ONCE = 4;

/** The longest that requests wait for that by default, in milliseconds. */
const LONGEST_WAIT_MS = 10;

/**
 * Gathers requests, so that they can be done together: those of one turn of the event loop, and under load those that
 * arrive while earlier ones are being done. A lone request waits for nobody.
 */
export class Gathering<Request> {
  private waiting: Request[] = [];
  private underWay = 0;
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param most the maximum number of requests that are done together
   * @param work does them; never throws
   * @param longestWaitMs in milliseconds, for work that is stuck. Default: 10
   */
  constructor(
    private readonly most: number,
    private readonly work: (requests: Request[]) => Promise<void>,
    private readonly longestWaitMs = LONGEST_WAIT_MS,
  ) {}

  add(request: Request): void {
    if (this.waiting.length === 0) setImmediate(() => this.endTurn());
    this.waiting.push(request);
    if (this.waiting.length === this.most) this.begin();
  }

  private endTurn(): void {
    if (this.underWay < AT_ONCE) this.begin();
    // What is under way may be stuck.
    else this.timer ??= setTimeout(() => this.begin(), this.longestWaitMs);
  }

  /** Finds nothing to do if so many requests came that they were begun before. */
  private begin(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const requests = this.waiting;
    this.waiting = [];
    if (requests.length > 0) void this.do(requests);
  }

  private async do(requests: Request[]): Promise<void> {
    this.underWay++;
    await this.work(requests);
    this.underWay--;
    if (this.underWay < AT_ONCE) this.begin();
  }
}
