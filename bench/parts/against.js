// What has become slower since an earlier commit: `npm run bench -- --against <commit>`.
import { measure, refreshing } from '../lib/load.js';
import { buildOf } from '../lib/other-build.js';
import { startContender } from '../lib/processes.js';
import { settings } from '../lib/settings.js';
import { guardedRoute, login, oneAgainstOther } from '../lib/one-against-other.js';

const COST = 10;

const refresh = async (app, seconds) =>
  measure(app, { path: '/auth/refresh', exchange: await refreshing(app, '/auth/refresh'), seconds });

const REQUESTS = {
  'guarded route': { send: guardedRoute, atLeast: 0.95 },
  refresh: { send: refresh, atLeast: 0.95 },
  [`login, cost ${COST}`]: { send: login, atLeast: 0.95 },
};

export const title = `This build and that of ${settings.against}`;

export function run({ database }) {
  const root = buildOf(settings.against);
  const start = async (first) =>
    startContender(
      'latchkey',
      { databaseUrl: await database.create(), bcryptCost: COST },
      first ? {} : { root },
    );
  return oneAgainstOther('against', ['now', settings.against], REQUESTS, start);
}
