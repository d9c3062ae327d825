export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;

interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/**
 * One piece of work at a time in all tabs of the origin (Web Locks). Where the browser has none, on pages without
 * HTTPS for instance, at least in this page: then two tabs may refresh at once, which the service's leeway bears.
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
