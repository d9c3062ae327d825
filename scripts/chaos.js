// `npm run chaos -- --minutes 60 [--seed 1]`: the service as in production (three instances behind HAProxy, PgBouncer,
// PostgreSQL with a standby, Redis) while people use it and faults of every kind happen, and a check of everything they
// saw. Prints a report. The exit code is 1 if a promise of docs/reliability.md was broken; then reports/chaos.log stays.
import './typescript.js';

import { parseArgs } from 'node:util';
import { buildIfNeeded } from './build-if-needed.js';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '5' }, seed: { type: 'string' } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('Usage: npm run chaos -- [--minutes <number>] [--seed <whole number>]');
  process.exit(2);
}

buildIfNeeded();
const { runChaos } = await import('../test/faults/chaos/run.ts');
const { textOf } = await import('../test/faults/chaos/report.ts');

const ending = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'])
  process.on(name, () => {
    console.error('Ending. Everything that was started will be stopped.');
    ending.abort();
  });
// A fault of this program must not leave the others behind.
process.on('unhandledRejection', (error) => {
  console.error(error);
  process.exitCode = 1;
  ending.abort();
});
console.log(`Seed ${seed}. ${minutes} minutes, and about one more to begin and to end.`);
const report = await runChaos({
  seconds: minutes * 60,
  seed,
  tell: (line) => console.log(line),
  signal: ending.signal,
});
console.log(textOf(report));
if (report.violations.length > 0) process.exitCode = 1;
