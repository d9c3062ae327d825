// Whether memory grows with requests: counted, not timed. Every session refreshes, then uses its new access token.
import { measure } from '../lib/load.js';
import { startContender } from '../lib/processes.js';
import { Progress } from '../lib/progress.js';
import { settings } from '../lib/settings.js';

const GUARDED_A_REFRESH = 10;
const BLOCKS = 5;
/** Requests per block: at full size the warm-up is one block too, enough to fill the cache of verified tokens. */
const REFRESHES = settings.size(5_500, 64);
/** Tokens that the cache has room for: a quarter of the default, which would be full only after 220 000 requests. */
const VERIFIED_TOKENS = 5_000;

export const title = 'Memory, after garbage collection';

export async function run({ database }) {
  const app = await startContender(
    'latchkey',
    { databaseUrl: await database.create(), verifiedTokens: VERIFIED_TOKENS },
    { flags: ['--expose-gc'] },
  );
  const progress = new Progress('memory', BLOCKS + 1);
  const seen = [];
  let requests = 0;
  for (let block = 0; block <= BLOCKS; block++) {
    progress.step(`${requests} requests so far`);
    requests += await refreshAndUse(app);
    seen.push({ requests, ...(await app.ask('memory')) });
  }
  progress.end();
  const [first, last] = [seen[0], seen.at(-1)];
  const mb = (bytes) => (bytes / 1e6).toFixed(1);
  return {
    results: {},
    memory: seen,
    notes: seen.map(
      ({ requests: after, heapUsed, rss }) =>
        `after ${after} requests (1 refresh to ${GUARDED_A_REFRESH} guarded): heap ${mb(heapUsed)} MB, resident ${mb(rss)} MB`,
    ),
    targets: [
      {
        what: `heap after ${last.requests} requests / after ${first.requests}`,
        value: last.heapUsed / first.heapUsed,
        // A small run ends before the caches are full.
        atMost: settings.smoke ? 2 : 1.05,
        unit: ' x',
      },
    ],
  };
}

async function refreshAndUse(app) {
  const tokens = await app.ask('refreshTokens', settings.connections);
  const exchanges = (i) => {
    let accessToken;
    const refresh = {
      method: 'POST',
      path: '/auth/refresh',
      headers: { 'content-type': 'application/json' },
      setupRequest: (request) => ({ ...request, body: JSON.stringify({ refreshToken: tokens[i] }) }),
      onResponse: (status, body) => {
        if (status === 200) ({ accessToken, refreshToken: tokens[i] } = JSON.parse(body));
      },
    };
    const use = {
      method: 'GET',
      path: '/guarded',
      setupRequest: (request) => ({ ...request, headers: { authorization: `Bearer ${accessToken}` } }),
    };
    return [refresh, ...Array.from({ length: GUARDED_A_REFRESH }, () => use)];
  };
  const amount = REFRESHES * (GUARDED_A_REFRESH + 1);
  const { requests } = await measure(app, { path: '/', exchange: exchanges, amount });
  return requests;
}
