const SECOND = 1_000;

/**
 * The service's time in milliseconds, as far as this page can know it: from the `Date` header of its answers or, where
 * that header cannot be read (another origin that does not expose it), from the local clock. Only differences are used,
 * so a local clock that is wrong does no harm as long as it runs.
 */
export type ServerClock = ReturnType<typeof serverClock>;

export function serverClock() {
  let offset = 0;
  /** Converts a time of the local clock to the service's time. */
  const at = (local: number) => local + offset;

  return {
    at,
    now: () => at(Date.now()),
    /**
     * Call it with answers of the service only: other servers may have another time.
     * @param sent when the request was sent, by the local clock: the service wrote `Date` between then and now
     */
    learn({ headers }: Response, sent: number): void {
      const date = Date.parse(headers.get('date') ?? '');
      if (!date) return; // NaN
      const least = date - Date.now();
      const most = date + SECOND - sent; // the header is in whole seconds
      offset = Math.max(least, Math.min(most, offset));
    },
  };
}
