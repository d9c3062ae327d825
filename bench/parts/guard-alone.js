// What the guard costs, more exactly than the part `guard` can say: nothing but a trivial guard and ours, of one process, in
// many short turns. Compares processor time, because the machine may be half as fast from one second to the next.
import { measure } from '../lib/load.js';
import { Progress } from '../lib/progress.js';
import { startContender } from '../lib/processes.js';
import { settings } from '../lib/settings.js';
import { median, quantile } from '../lib/stats.js';

const ALGORITHMS = settings.size(['HS256', 'ES256', 'RS256', 'EdDSA'], ['HS256']);
const TURNS = settings.size(8 * settings.rounds, 2);
const WARM_UP_TURNS = settings.size(6, 1);
/** Of one turn, which takes about a quarter of a second. */
const REQUESTS = {
  fastify: settings.size(8_000, 200),
  express: settings.size(2_000, 200),
};
const PATHS = ['/trivial', '/guarded'];

export const title = 'A trivial guard and the guard, 32 connections, a token each';

export async function run({ database }) {
  const notes = [];
  const targets = [];
  for (const adapter of Object.keys(REQUESTS)) {
    const ratios = [];
    for (const algorithm of ALGORITHMS) {
      const databaseUrl = await database.create();
      const { more, ...ratio } = await ratioOf(adapter, algorithm, databaseUrl);
      ratios.push(ratio.value);
      notes.push(
        `${adapter}, ${algorithm}: ${ratio.value.toFixed(3)} (half of the turns: ${ratio.low.toFixed(3)} to ${ratio.high.toFixed(3)}), ` +
          `${more.toFixed(1)} us more for each request`,
      );
    }
    targets.push({
      what: `processor time, trivial guard / guard, ${adapter}, median of the algorithms`,
      value: median(ratios),
      atLeast: 0.95,
    });
  }
  return { results: {}, notes, targets };
}

async function ratioOf(adapter, algorithm, databaseUrl) {
  const app = await startContender('latchkey', { adapter, algorithm, databaseUrl });
  const headers = (i) => ({ authorization: `Bearer ${app.accessTokens[i % 32]}` });
  const cpuOf = async (path) => (await measure(app, { path, headers, amount: REQUESTS[adapter] })).cpu;
  const progress = new Progress(`guard alone, ${adapter}, ${algorithm}`, WARM_UP_TURNS + TURNS);
  const turns = [];
  for (let turn = 0; turn < WARM_UP_TURNS + TURNS; turn++) {
    progress.step(turn < WARM_UP_TURNS ? 'warm-up' : 'turns');
    const cpu = {};
    for (const path of turn % 2 === 0 ? PATHS : PATHS.toReversed()) cpu[path] = await cpuOf(path);
    if (turn >= WARM_UP_TURNS) turns.push(PATHS.map((path) => cpu[path]));
  }
  progress.end();
  await app.stop();
  const ratios = turns.map(([trivial, guarded]) => trivial / guarded);
  return {
    value: median(ratios),
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    more: median(turns.map(([trivial, guarded]) => guarded - trivial)),
  };
}
