// Second factors and passkeys cost nothing those who have none.
import { measure } from '../lib/load.js';
import { startContender } from '../lib/processes.js';
import { settings } from '../lib/settings.js';
import { guardedRoute, withAndWithout } from '../lib/with-and-without.js';

const COST = 10;
/** A number of hashes, not a time: those still running at the end of a time would count for nothing. */
const HASHES_A_SECOND = 32;

const login = (app, seconds = settings.seconds) =>
  measure(app, {
    path: '/auth/login',
    method: 'POST',
    headers: () => ({ 'content-type': 'application/json' }),
    body: JSON.stringify(app.account),
    connections: 8,
    amount: settings.smoke ? 8 : Math.ceil(HASHES_A_SECOND * seconds),
    sampleInt: 10, // autocannon ends with one of its samples
  });

const REQUESTS = {
  'guarded route': { send: guardedRoute, atLeast: 0.98 },
  [`login without a factor, cost ${COST}`]: { send: login, atLeast: 0.97 },
};

export const title = 'Second factors';

export function run({ database }) {
  return withAndWithout('factors: what they cost', 'second factors', REQUESTS, async (factors) =>
    startContender('latchkey', { databaseUrl: await database.create(), bcryptCost: COST, factors }),
  );
}
