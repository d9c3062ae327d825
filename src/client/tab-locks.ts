export type Exclusively = <T>(work: () => Promise<T>) => Promise<T>;
export type TabLocks = ReturnType<typeof tabLocks>;

/** The part of `LockManager` that is used here. */
interface Locks {
  request<T>(name: string, options: { mode?: 'shared' }, work: () => Promise<T>): Promise<T>;
  query?(): Promise<{ held?: { name?: string }[] }>;
}

/** After this long, all tabs have heard of a change. */
const ANNOUNCED_FOR_MS = 5_000;

/**
 * What the tabs of the origin agree on by Web Locks: whose turn it is to change the session, and which version of it is
 * the newest. Messages to other tabs may still be on their way when the next tab gets its turn. Locks never are, so a
 * lock has the version in its name.
 *
 * Browsers have no Web Locks on pages without HTTPS. There it is one thing at a time in this page: two tabs may then
 * refresh simultaneously, which the service's leeway allows.
 */
export function tabLocks(name: string) {
  const { locks } = (globalThis as unknown as { navigator?: { locks?: Locks } }).navigator ?? {};
  const prefix = `${name} `;
  let last: Promise<unknown> = Promise.resolve();
  let withdraw = () => {};

  /** Does one thing at a time in all tabs. */
  const exclusively: Exclusively = (work) => {
    if (locks) return locks.request(name, {}, work);
    const mine = last.then(work);
    last = mine.catch(() => {});
    return mine;
  };

  return {
    exclusively,
    /** Resolves when all tabs can see it. It stays for a short time: pages with a lock are not kept for "back". */
    announce: (version: number) =>
      new Promise<void>((announced) => {
        withdraw();
        const held = () =>
          new Promise<void>((release) => {
            withdraw = release;
            const timer: unknown = setTimeout(release, ANNOUNCED_FOR_MS);
            (timer as { unref?(): void }).unref?.(); // in Node only: it would keep the process alive
            announced();
          });
        if (locks) locks.request(prefix + version, { mode: 'shared' }, held).catch(announced);
        else announced();
      }),
    /** 0: none. */
    async newest(): Promise<number> {
      const { held = [] } = (await locks?.query?.().catch(() => {})) ?? {};
      return Math.max(0, ...held.map((lock) => Number(lock.name?.split(prefix)[1] ?? 0)));
    },
    withdraw: () => withdraw(),
  };
}
