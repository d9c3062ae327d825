export const median = (values) => quantile(values, 0.5);

export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The middle of several measurements, and how far apart they were. */
export function summary(values) {
  return { value: median(values), low: Math.min(...values), high: Math.max(...values) };
}
