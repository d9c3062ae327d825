// Covers A216 and A232 of the attacks on accounts by mail: nobody learns whether an address has an account.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { turns, wouldFind } from '../../scripts/enumeration/compare.js';
import { kolmogorovSmirnov, median, shuffled } from '../../scripts/kolmogorov-smirnov.js';

/** What chance alone would undercut once in a hundred comparisons. */
const LEAST_P = 0.01;
const SCRIPT = join(import.meta.dirname, '../../scripts/measure-enumeration.js');

interface Row {
  kind: string;
  median: number;
  isEqual: boolean;
  /** Not of the first kind, with which the others are compared. */
  p?: number;
}

const run = promisify(execFile);

async function measure(call: string, settings: Record<string, string> = {}): Promise<Row[]> {
  const { stdout } = await run(process.execPath, [SCRIPT, call, '--json'], {
    env: { ...process.env, ...settings },
    maxBuffer: 1e7,
  });
  const results = JSON.parse(stdout.trim().split('\n').at(-1)!) as Record<string, Row[]>;
  return results[call]!;
}

const suspicious = (rows: readonly Row[]) => rows.filter(({ p = 1 }) => p <= LEAST_P);
const kindsOf = (rows: readonly Row[]) => rows.map(({ kind }) => kind);

describe('A216, A232: nobody learns whether an address has an account', () => {
  it.each(['forgot', 'register', 'resend', 'change'])(
    '%s: the same bytes, and times of one distribution',
    async (call) => {
      const first = await measure(call);
      expect(kindsOf(first.filter(({ isEqual }) => !isEqual))).toEqual([]);
      const low = kindsOf(suspicious(first));
      if (low.length === 0) return;
      // Chance makes one of the 11 comparisons low in one run of ten, and the same one twice in one of a thousand. A
      // difference in the product is there again.
      const again = await measure(call);
      const still = suspicious(again).filter(({ kind }) => low.includes(kind));
      expect({ call, still, first, again }).toMatchObject({ still: [] });
    },
    900_000,
  );

  it('two milliseconds more where no mail is sent would be found', async () => {
    const rows = await measure('forgot', { SLOWER_MS: '2' });
    expect(kindsOf(suspicious(rows))).toEqual(expect.arrayContaining(['known', 'without a password']));
  }, 300_000);
});

it('each kind of request follows every kind equally often, itself too', () => {
  const kinds = ['a', 'b', 'c', 'd'];
  const order = turns(kinds, 4_020).map(({ kind }) => kind);
  const pairs = new Map<string, number>();
  for (let i = 1; i < order.length; i++) {
    const pair = order[i - 1]! + order[i]!;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  }
  // 1 005 of each of the 16 are expected; 850 would be five standard deviations less.
  expect(pairs.size).toBe(16);
  for (const count of pairs.values()) expect(count).toBeGreaterThan(850);
});

it('the noisier the machine is, the more samples it takes', () => {
  // The times are spread evenly over so many milliseconds: two of them are 40 % of 5 ms, and 13 % of 15 ms.
  const spread = (ms: number, count: number) => ({
    unknown: { times: Array.from({ length: count }, (_, i) => 10 + (i * ms) / count) },
  });
  expect(wouldFind(spread(5, 500), 2)).toBe(true);
  expect(wouldFind(spread(15, 500), 2)).toBe(false);
  expect(wouldFind(spread(15, 2_000), 2)).toBe(true);
});

describe('the Kolmogorov–Smirnov test', () => {
  const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

  it.each<[string, number[], number[], number, number]>([
    ['equal samples', range(0, 100), range(0, 100), 0, 1],
    ['samples that do not overlap', range(0, 100), range(100, 100), 1, 0],
    ['samples with ties', [1, 1, 2, 2], [1, 2, 2, 2], 0.25, 0.9969],
    // Q(λ) of the Kolmogorov distribution: 0.0500 at 1.3581, and 0.0100 at 1.6276.
    ['a distance that chance exceeds once in 20 times', range(0, 500), range(42.5, 500), 0.086, 0.0467],
    ['a distance that chance exceeds once in 100 times', range(0, 500), range(50.5, 500), 0.102, 0.0101],
    ['a shift by a fifth', range(0, 500), range(99.5, 500), 0.2, 0],
  ])('knows the distance of %s, and its probability', (_, a, b, d, p) => {
    const found = kolmogorovSmirnov(shuffled(a), shuffled(b));
    expect(found.d).toBeCloseTo(d, 10);
    expect(found.p).toBeCloseTo(p, 3);
    expect(kolmogorovSmirnov(b, a)).toEqual(found);
  });

  it('calls samples of one distribution different about as often as it says', () => {
    const sample = () => Array.from({ length: 100 }, () => Math.random() + Math.random());
    const low = range(0, 1_000).filter(() => kolmogorovSmirnov(sample(), sample()).p <= 0.05);
    // 50 are expected, or fewer: the test is on the safe side for small samples. 90 would be six standard deviations more.
    expect(low.length).toBeGreaterThan(10);
    expect(low.length).toBeLessThan(90);
  });

  it('the median is that of the sorted values', () => {
    expect(median([9, 1, 5, 7, 3])).toBe(5);
  });
});
