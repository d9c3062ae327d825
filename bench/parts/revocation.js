// How soon a logout is known everywhere, what remembering it costs, and whether the cleanup slows down other work.
import { withClient } from '../lib/database.js';
import { measure } from '../lib/load.js';
import { post, probe, refreshInTurn, send } from '../lib/probe.js';
import { startContender } from '../lib/processes.js';
import { Progress } from '../lib/progress.js';
import { inTurns } from '../lib/rounds.js';
import { addSessions } from '../lib/session-rows.js';
import { settings } from '../lib/settings.js';
import { compared, quantile } from '../lib/stats.js';

const LIVE = settings.size(100_000, 1_000);
const EXPIRED = settings.size(1_000_000, 2_000);

const NONE = { checked: 'guarded', unchecked: 'guarded, without the revocation check' };
const MANY = {
  checked: `guarded, ${LIVE} live revocations`,
  unchecked: `guarded, ${LIVE}, without the revocation check`,
};

export const title = 'Revocation, two instances on one PostgreSQL';

export async function run({ database }) {
  const databaseUrl = await database.create();
  const a = await startContender('latchkey', { databaseUrl });
  const b = await startContender('latchkey', { databaseUrl });

  const bound = await timesUntilRefused(a, b, settings.size(300, 5));
  await a.stop();
  const { results, bytes } = await costOfTheCheck(b, await startFull(database));
  const cleanUp = await refreshesDuringCleanUp(await database.create());

  const costOf = ({ checked, unchecked }) => ({
    ...compared(results[checked], results[unchecked]),
    atLeast: 0.97,
  });
  return {
    results,
    notes: [
      `From the answer to a logout on A until the token is refused on B, ${bound.length} times: ` +
        `p50 ${quantile(bound, 0.5).toFixed(2)} ms, p99 ${quantile(bound, 0.99).toFixed(2)} ms, ` +
        `longest ${Math.max(...bound).toFixed(2)} ms`,
      `Cleanup of ${cleanUp.deleted} expired sessions took ${cleanUp.seconds.toFixed(1)} s; refresh p99 ` +
        `${cleanUp.idle.p99.toFixed(1)} ms idle, ${cleanUp.busy.p99.toFixed(1)} ms during it (200/s)`,
    ],
    targets: [
      { what: 'logout on A to refused on B, p99', value: quantile(bound, 0.99), atMost: 1000, unit: ' ms' },
      { what: 'logout on A to refused on B, p50', value: quantile(bound, 0.5), atMost: 50, unit: ' ms' },
      { what: 'guarded with the check / without it', ...costOf(NONE) },
      { what: `the same with ${LIVE} live revocations`, ...costOf(MANY) },
      { what: `memory of ${LIVE} live revocations`, value: bytes / 1e6, atMost: 50, unit: ' MB' },
      {
        what: `refresh p99 during cleanup of ${EXPIRED} rows / idle`,
        value: cleanUp.busy.p99 / cleanUp.idle.p99,
        atMost: 2,
        unit: ' x',
      },
    ],
  };
}

/** Milliseconds from the answer to a logout on one instance to the first refusal by the other. */
async function timesUntilRefused(a, b, times) {
  const progress = new Progress('revocation: logouts', times);
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

/** An instance that remembers the end of many sessions. */
async function startFull(database) {
  const databaseUrl = await database.create();
  const full = await startContender('latchkey', { databaseUrl }, { flags: ['--expose-gc'] });
  const before = await full.ask('memory');
  await full.ask('fillRevocations', { count: LIVE });
  const after = await full.ask('memory');
  const bytes = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers;
  return { ...full, bytes };
}

/** In turns. One process measures the cost of the check: two processes differ by more, even without revocations. */
async function costOfTheCheck(empty, full) {
  const cell = (name, app, path) => ({
    name,
    measure: (seconds) =>
      measure(app, {
        path,
        headers: (i) => ({ authorization: `Bearer ${app.accessTokens[i]}` }),
        seconds,
      }),
  });
  const cells = [
    cell(NONE.unchecked, empty, '/stateless'),
    cell(NONE.checked, empty, '/guarded'),
    cell(MANY.unchecked, full, '/stateless'),
    cell(MANY.checked, full, '/guarded'),
  ];
  const results = await inTurns('revocation: the check', cells, { brief: true });
  await empty.stop();
  await full.stop();
  return { results, bytes: full.bytes };
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
