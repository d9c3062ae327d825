/** The result, or `undefined` when the time is up first. */
export function settledWithin<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeIsUp = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, Math.max(ms, 0), undefined);
  });
  return Promise.race([work, timeIsUp]).finally(() => clearTimeout(timer));
}
