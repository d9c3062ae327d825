export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The median of several measurements, and their spread. */
export function summary(values) {
  return { value: median(values), low: Math.min(...values), high: Math.max(...values), byRound: values };
}

/**
 * How the rate and the processor time of one contender compare with those of another, each as the median over the
 * rounds: within a round both had about the same machine; from one round to the next it may be half as fast.
 */
export function compared(one, other) {
  const ofRounds = (a, b) => median(a.byRound.map((value, round) => value / b.byRound[round]));
  return {
    value: ofRounds(one.rate, other.rate),
    ...(one.cpu && other.cpu && { byCpu: ofRounds(other.cpu, one.cpu) }),
  };
}
