// Second factors and passkeys cost nothing those who have none.
import { measure } from '../lib/load.js';
import { startContender } from '../lib/processes.js';
import { comparedInTurns } from '../lib/rounds.js';
import { settings } from '../lib/settings.js';
import { compared } from '../lib/stats.js';

const COST = 10;
/** A number of hashes, not a time: those still running at the end of a time would count for nothing. */
const HASHES_A_SECOND = 32;

/** What is measured of an app with second factors, and of the same app without; and the least that is left. */
const REQUESTS = {
  'guarded route': {
    atLeast: 0.98,
    send: (app, seconds) =>
      measure(app, {
        path: '/guarded',
        headers: (i) => ({ authorization: `Bearer ${app.accessTokens[i]}` }),
        seconds,
      }),
  },
  [`login without a factor, cost ${COST}`]: {
    atLeast: 0.97,
    send: (app, seconds) =>
      measure(app, {
        path: '/auth/login',
        method: 'POST',
        headers: () => ({ 'content-type': 'application/json' }),
        body: JSON.stringify(app.account),
        connections: 8,
        amount: settings.smoke ? 8 : Math.ceil(HASHES_A_SECOND * (seconds ?? settings.seconds)),
        sampleInt: 10, // autocannon ends with one of its samples
      }),
  },
};
const nameOf = (what, factors) => `${what}, ${factors ? 'with' : 'without'} second factors`;

export const title = 'Second factors';

export async function run({ database }) {
  const contenders = [true, false].map((factors) => ({
    start: async () =>
      startContender('latchkey', { databaseUrl: await database.create(), bcryptCost: COST, factors }),
    cells: (app) =>
      Object.entries(REQUESTS).map(([what, { send }]) => ({
        name: nameOf(what, factors),
        measure: (seconds) => send(app, seconds),
      })),
  }));
  const results = await comparedInTurns('factors: what they cost', contenders);
  const targets = Object.entries(REQUESTS).map(([what, { atLeast }]) => ({
    what: `${what}, with second factors / without`,
    ...compared(results[nameOf(what, true)], results[nameOf(what, false)]),
    atLeast,
  }));
  return { results, targets };
}
