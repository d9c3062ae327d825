// How long to measure. `--smoke` only shows that everything still runs.
const smoke = process.argv.includes('--smoke');
const number = (name, otherwise) => {
  const value = Number(process.env[name] ?? otherwise);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0.`);
  return value;
};

const option = (name) => {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
};

/** `full`, or how many sessions the largest table has. */
const { BENCH_SCALE } = process.env;
const largest = BENCH_SCALE ? [BENCH_SCALE === 'full' ? 10_000_000 : number('BENCH_SCALE')] : [];

export const settings = {
  smoke,
  /** A commit to compare with. */
  against: option('--against'),
  rounds: smoke ? 1 : number('BENCH_ROUNDS', 5),
  seconds: smoke ? 1 : number('BENCH_SECONDS', 3),
  connections: 32,
  /** A setting of PostgreSQL, whose own default is 128MB. */
  sharedBuffers: process.env.BENCH_SHARED_BUFFERS || '128MB',
  /** Of the part `month`. */
  monthSessions: number('BENCH_MONTH_SESSIONS', 30_000),
  monthDays: number('BENCH_MONTH_DAYS', 30),
  /** The full size, or one that takes no time. */
  size: (full, small) => (smoke ? small : full),
  scale: smoke ? [1_000] : [10_000, 1_000_000, ...largest],
};
