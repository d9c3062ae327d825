/** Gathers what is requested in one turn of the event loop, so that it can be done together. */
export class OneTurn<Request> {
  private waiting: Request[] = [];

  /**
   * @param most the maximum number of requests that are done together
   * @param work does them; never throws
   */
  constructor(
    private readonly most: number,
    private readonly work: (requests: Request[]) => Promise<void>,
  ) {}

  add(request: Request): void {
    if (this.waiting.length === 0) setImmediate(() => this.end());
    this.waiting.push(request);
    if (this.waiting.length === this.most) this.end();
  }

  /** Finds nothing to do if the turn had so many requests that they were done before its end. */
  private end(): void {
    const requests = this.waiting;
    this.waiting = [];
    if (requests.length > 0) void this.work(requests);
  }
}
