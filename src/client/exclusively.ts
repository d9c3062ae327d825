export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;

interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/**
 * Does one thing at a time in all tabs of the origin (Web Locks). Browsers have no Web Locks on pages without HTTPS.
 * There it is one thing at a time in this page: two tabs may then refresh simultaneously, which the service's leeway
 * allows.
 */
export function exclusivelyByName(name: string): Exclusively {
  const { locks } = (globalThis as unknown as { navigator?: { locks?: Locks } }).navigator ?? {};
  if (locks) return (work) => locks.request(name, work);

  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}
