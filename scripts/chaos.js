// `npm run chaos -- --minutes 60 [--seed 1]`: the service as in production (three instances behind HAProxy, PgBouncer,
// PostgreSQL with a standby, Redis) while people use it and faults of every kind happen, and a check of everything they
// saw. Prints a report. The exit code is 1 if a promise of docs/reliability.md was broken; then reports/chaos-<seed>.log stays.
import './typescript.js';

import { fork } from 'node:child_process';
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

if (process.send) await run();
else runApart();

/** In another process group: Ctrl-C must end the run, which ends what it has started, and not all of them at once. */
function runApart() {
  buildIfNeeded();
  const child = fork(import.meta.filename, process.argv.slice(2), { detached: true });
  for (const signal of ['SIGINT', 'SIGTERM'])
    process.on(signal, () => {
      console.error('Ending. This takes half a minute: everything that was started will be stopped.');
      child.kill('SIGTERM');
    });
  child.once('exit', (code) => process.exit(code ?? 1));
}

async function run() {
  const { runChaos } = await import('../test/faults/chaos/run.ts');
  const { textOf } = await import('../test/faults/chaos/report.ts');
  const ending = new AbortController();
  process.on('SIGTERM', () => ending.abort());
  process.on('disconnect', () => ending.abort());
  process.on('unhandledRejection', (error) => {
    console.error(error);
    process.exitCode = 1;
    ending.abort();
  });

  console.log(`Seed ${seed}. ${minutes} minutes, and about one more to begin and to end.`);
  const tell = (line) => console.log(line);
  const report = await runChaos({ seconds: minutes * 60, seed, tell, signal: ending.signal });
  console.log(textOf(report));
  process.exit(report.violations.length > 0 ? 1 : (process.exitCode ?? 0));
}
