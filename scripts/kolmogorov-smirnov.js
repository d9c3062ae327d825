/**
 * The two-sample Kolmogorov–Smirnov test.
 * @param {readonly number[]} a
 * @param {readonly number[]} b
 * @returns `d`: the largest distance between the two distributions, from 0 to 1; `p`: how likely that much is by chance if
 *   both are samples of one distribution (the usual approximation, good from about 20 values on)
 */
export function kolmogorovSmirnov(a, b) {
  const d = distance(sorted(a), sorted(b));
  const n = (a.length * b.length) / (a.length + b.length);
  const lambda = (Math.sqrt(n) + 0.12 + 0.11 / Math.sqrt(n)) * d;
  // Below this, the series does not converge, and p is 1 to six digits.
  if (lambda < 0.2) return { d, p: 1 };
  let p = 0;
  for (let j = 1; j <= 100; j++) p += 2 * (-1) ** (j - 1) * Math.exp(-2 * j * j * lambda * lambda);
  return { d, p: Math.min(1, Math.max(0, p)) };
}

function distance(a, b) {
  let [i, j, most] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i], b[j]);
    while (a[i] === value) i++;
    while (b[j] === value) j++;
    most = Math.max(most, Math.abs(i / a.length - j / b.length));
  }
  return most;
}

const sorted = (values) => values.toSorted((x, y) => x - y);

export function median(values) {
  return sorted(values)[Math.floor(values.length / 2)];
}

/** The same values in a random order. */
export function shuffled(values) {
  return values
    .map((value) => ({ value, at: Math.random() }))
    .toSorted((x, y) => x.at - y.at)
    .map(({ value }) => value);
}
