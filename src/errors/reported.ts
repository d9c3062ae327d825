const known = new WeakSet<object>();

/** Says that the log has this error already: it need not be logged again with each request that receives it. */
export function markReported(error: object): void {
  known.add(error);
}

export function isReported(error: object): boolean {
  return known.has(error);
}
