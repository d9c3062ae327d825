// Second factors and passkeys cost nothing those who have none.
import { guardedRoute, login, withAndWithout } from '../lib/one-against-other.js';
import { startContender } from '../lib/processes.js';

const COST = 10;

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
