/** The result, or `undefined` when the time is up first. */
export function settledWithin<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, Math.max(ms, 0), undefined);
    work.finally(() => clearTimeout(timer)).then(resolve, reject);
  });
}
