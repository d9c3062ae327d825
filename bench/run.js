// `npm run bench`: what the guard costs, as ratios in one run. Contenders take turns; each figure is a median.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import autocannon from 'autocannon';

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 3);
const ROUTES = ['unguarded', 'trivial', 'guarded'];

process.chdir(join(import.meta.dirname, '..'));
execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit', shell: true });
const { startEmbeddedPostgres } = await import('../dist/service/postgres/embedded-postgres.js');

const dataDir = mkdtempSync(join(tmpdir(), 'latchkey-bench-'));
const database = await startEmbeddedPostgres({ dataDir, log: () => {} });
const app = fork(join(import.meta.dirname, 'app.js'), {
  env: { ...process.env, DATABASE_URL: database.url },
});
try {
  const [{ url, accessToken }] = await once(app, 'message');
  const rates = Object.fromEntries(ROUTES.map((route) => [route, []]));
  const measure = async (route, duration) => {
    const result = await autocannon({
      url: `${url}/${route}`,
      connections: 32,
      duration,
      headers: { authorization: `Bearer ${accessToken}` },
    });
    if (result.non2xx || result.errors)
      throw new Error(`/${route}: ${result.non2xx} refused, ${result.errors} failed`);
    return result.requests.average;
  };
  for (const route of ROUTES) await measure(route, 1); // warm up
  for (let round = 1; round <= ROUNDS; round++) {
    for (const route of ROUTES) {
      process.stderr.write(`\rround ${round} of ${ROUNDS}: ${route}          `);
      rates[route].push(await measure(route, SECONDS));
    }
  }
  process.stderr.write('\r\x1b[K');
  report(rates);
} finally {
  app.disconnect();
  await once(app, 'exit');
  await database.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

function report(rates) {
  const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
  const base = median(rates.unguarded);
  console.log(
    `Fastify, HS256, 32 connections, median of ${ROUNDS} rounds of ${SECONDS} s (lowest to highest)\n`,
  );
  for (const [route, values] of Object.entries(rates)) {
    const spread = `${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))}`;
    const share = (median(values) / base).toFixed(2);
    console.log(
      `${route.padEnd(10)} ${String(Math.round(median(values))).padStart(7)} requests/s  ${share} of unguarded  (${spread})`,
    );
  }
}
