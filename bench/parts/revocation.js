// How soon a log-out is known everywhere, what remembering costs, and whether clearing up gets in the way.
import { withClient } from '../lib/database.js';
import { measure } from '../lib/load.js';
import { post, probe, refreshInTurn, send } from '../lib/probe.js';
import { startContender } from '../lib/processes.js';
import { Progress } from '../lib/progress.js';
import { inTurns } from '../lib/rounds.js';
import { addSessions } from '../lib/session-rows.js';
import { settings } from '../lib/settings.js';
import { quantile } from '../lib/stats.js';

const LIVE = settings.size(100_000, 1_000);
const EXPIRED = settings.size(1_000_000, 2_000);

export const title = 'Revocation, two instances on one PostgreSQL';

export async function run({ database }) {
  const databaseUrl = await database.create();
  const a = await startContender('latchkey', { databaseUrl });
  const b = await startContender('latchkey', { databaseUrl }, { flags: ['--expose-gc'] });

  const bound = await timesUntilRefused(a, b, settings.size(300, 5));
  const { results, bytes } = await costOfTheCheck(b);
  await a.stop();
  await b.stop();
  const cleanUp = await refreshesDuringCleanUp(await database.create());

  const ratio = (name) => results[name].rate.value / results['guarded, revocations not looked at'].rate.value;
  const byCpu = (name) => results['guarded, revocations not looked at'].cpu.value / results[name].cpu.value;
  return {
    results,
    notes: [
      `From the answer to a log-out on A to the token refused on B, ${bound.length} times: ` +
        `p50 ${quantile(bound, 0.5).toFixed(2)} ms, p99 ${quantile(bound, 0.99).toFixed(2)} ms, ` +
        `longest ${Math.max(...bound).toFixed(2)} ms`,
      `Clean-up of ${cleanUp.deleted} expired sessions took ${cleanUp.seconds.toFixed(1)} s; refresh p99 ` +
        `${cleanUp.idle.p99.toFixed(1)} ms idle, ${cleanUp.busy.p99.toFixed(1)} ms meanwhile (200/s)`,
    ],
    targets: [
      { what: 'log-out on A to refused on B, p99', value: quantile(bound, 0.99), atMost: 1000, unit: ' ms' },
      { what: 'log-out on A to refused on B, p50', value: quantile(bound, 0.5), atMost: 50, unit: ' ms' },
      {
        what: 'guarded with the check / without it',
        value: ratio('guarded'),
        byCpu: byCpu('guarded'),
        atLeast: 0.97,
      },
      {
        what: `the same with ${LIVE} live revocations`,
        value: ratio(`guarded, ${LIVE} live revocations`),
        byCpu: byCpu(`guarded, ${LIVE} live revocations`),
        atLeast: 0.97,
      },
      { what: `memory of ${LIVE} live revocations`, value: bytes / 1e6, atMost: 50, unit: ' MB' },
      {
        what: `refresh p99 during clean-up of ${EXPIRED} rows / idle`,
        value: cleanUp.busy.p99 / cleanUp.idle.p99,
        atMost: 2,
        unit: ' x',
      },
    ],
  };
}

/** Milliseconds from the answer to a log-out on one instance to the first refusal by the other. */
async function timesUntilRefused(a, b, times) {
  const progress = new Progress('revocation: log-outs', times);
  const milliseconds = [];
  const refreshTokens = await a.ask('refreshTokens', times);
  for (const refreshToken of refreshTokens) {
    progress.step('two instances');
    const { json } = await post(`${a.url}/auth/refresh`, { refreshToken });
    const headers = { authorization: `Bearer ${json.accessToken}` };
    if ((await send(`${b.url}/guarded`, { headers })).status !== 200) throw new Error('refused too soon');
    const { status } = await post(`${a.url}/auth/logout`, { refreshToken: json.refreshToken });
    if (status !== 204) throw new Error(`/auth/logout answered ${status}`);
    const answered = performance.now();
    while ((await send(`${b.url}/guarded`, { headers })).status === 200);
    milliseconds.push(performance.now() - answered);
  }
  progress.end();
  return milliseconds;
}

async function costOfTheCheck(app) {
  const headers = (i) => ({ authorization: `Bearer ${app.accessTokens[i]}` });
  const cell = (name, path) => ({
    name,
    measure: (seconds) => measure(app, { path, headers, seconds }),
  });
  const without = cell('guarded, revocations not looked at', '/stateless');
  const few = await inTurns('revocation: the check', [without, cell('guarded', '/guarded')]);
  const before = await app.ask('memory');
  await app.ask('fillRevocations', { count: LIVE });
  const after = await app.ask('memory');
  const many = await inTurns('revocation: the check', [
    cell(`guarded, ${LIVE} live revocations`, '/guarded'),
  ]);
  return { results: { ...few, ...many }, bytes: after.heapUsed - before.heapUsed };
}

async function refreshesDuringCleanUp(databaseUrl) {
  const app = await startContender('latchkey', { databaseUrl });
  await withClient(databaseUrl, async (client) => {
    await addSessions(client, { count: EXPIRED, expired: true, what: 'revocation: expired sessions' });
    await client.query('VACUUM ANALYZE refresh_tokens');
    await client.query('CHECKPOINT');
  });
  const work = refreshInTurn(app.url, await app.ask('refreshTokens', 64));
  const rate = { perSecond: 200 };
  await probe(work, { ...rate, until: settings.size(3, 0.3) });
  const idle = await probe(work, { ...rate, until: settings.size(15, 0.3) });
  const began = performance.now();
  let deleted;
  const done = app.ask('cleanUp').then((count) => (deleted = count));
  const busy = await probe(work, { ...rate, until: done });
  const seconds = (performance.now() - began) / 1000;
  await app.stop();
  return { idle, busy, deleted, seconds };
}
