// What the guard costs: nothing but a trivial guard and ours, in one process, turn by turn. In the part `guard`, others take
// their turns in between.
import { measure } from '../lib/load.js';
import { startContender } from '../lib/processes.js';
import { comparedInTurns } from '../lib/rounds.js';
import { settings } from '../lib/settings.js';
import { compared } from '../lib/stats.js';

const ADAPTERS = ['fastify', 'express'];
const ALGORITHMS = settings.size(['HS256', 'ES256', 'RS256', 'EdDSA'], ['HS256']);
const trivial = (adapter, algorithm) => `trivial guard, ${adapter}, ${algorithm}`;
const ours = (adapter, algorithm) => `Latchkey, ${adapter}, ${algorithm}`;

export const title = 'A trivial guard and the guard alone, 32 connections, a token each';

export async function run({ database }) {
  const results = {};
  const targets = [];
  for (const adapter of ADAPTERS)
    for (const algorithm of ALGORITHMS) {
      const app = {
        start: async () =>
          startContender('latchkey', { adapter, algorithm, databaseUrl: await database.create() }),
        cells: (contender) => [
          cell(contender, trivial(adapter, algorithm), '/trivial'),
          cell(contender, ours(adapter, algorithm), '/guarded'),
        ],
      };
      Object.assign(results, await comparedInTurns(`guard alone, ${adapter}, ${algorithm}`, [app]));
      targets.push({
        what: `guarded / trivial guard, ${adapter}, ${algorithm}`,
        ...compared(results[ours(adapter, algorithm)], results[trivial(adapter, algorithm)]),
        atLeast: 0.95,
      });
    }
  return { results, targets };
}

function cell(contender, name, path) {
  const headers = (i) => ({ authorization: `Bearer ${contender.accessTokens[i % 32]}` });
  return { name, measure: (seconds) => measure(contender, { path, headers, seconds }) };
}
