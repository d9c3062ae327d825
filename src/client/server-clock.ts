const SECOND = 1_000;

/**
 * The service's time in milliseconds, as well as this page can know it: by the `Date` of its answers, or, where that
 * header cannot be read (another origin without CORS exposure), by the local clock. Only differences are ever used, so
 * a local clock that is wrong, but runs, does no harm.
 */
export class ServerClock {
  private offset = 0;

  /** @param sent when the request was sent, by the local clock: the service wrote `Date` after that and before now */
  learn({ headers }: Response, sent: number): void {
    const date = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(date)) return;
    const least = date - Date.now();
    const most = date + SECOND - sent; // the header has whole seconds
    this.offset = Math.max(least, Math.min(most, this.offset));
  }

  now(): number {
    return this.at(Date.now());
  }

  /** A moment of the local clock in the service's time. */
  at(local: number): number {
    return local + this.offset;
  }
}
