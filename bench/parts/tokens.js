// Access tokens: how long the first verification of one takes, and whether many remembered ones make the guard slower.
import { measure } from '../lib/load.js';
import { startContender } from '../lib/processes.js';
import { comparedInTurns } from '../lib/rounds.js';
import { settings } from '../lib/settings.js';
import { compared } from '../lib/stats.js';

const ALGORITHMS = settings.size(['HS256', 'ES256', 'RS256', 'EdDSA'], ['HS256', 'ES256']);
const [FEW, MANY] = settings.size([5_000, 100_000], [100, 1_000]);

export const title = 'Access tokens';

export async function run({ database }) {
  const results = {};
  for (const algorithm of ALGORITHMS)
    Object.assign(
      results,
      await comparedInTurns(`tokens: first verification, ${algorithm}`, [
        firstVerification(database, algorithm),
      ]),
    );
  Object.assign(results, await comparedInTurns('tokens: remembered', [remembered(database)]));
  return { results, targets: targets(results) };
}

const first = (who, algorithm) => `first verification by ${who}, ${algorithm}`;
const inTurn = (count) => `guarded route, ${count} remembered tokens in turn`;

function firstVerification(database, algorithm) {
  return {
    start: async () =>
      startContender('latchkey', { databaseUrl: await database.create(), algorithm, verifiedTokens: 0 }),
    cells: (app) =>
      ['latchkey', 'jose'].map((by) => ({
        name: first(by, algorithm),
        measure: (seconds = settings.smoke ? 0.1 : settings.seconds) => app.ask('verify', { by, seconds }),
      })),
  };
}

function remembered(database) {
  return {
    start: async () => {
      // Room for both, however long the tokens are.
      const app = await startContender('latchkey', {
        databaseUrl: await database.create(),
        verifiedTokens: 3 * MANY,
      });
      return { ...app, lists: { [FEW]: await app.ask('sign', FEW), [MANY]: await app.ask('sign', MANY) } };
    },
    cells: (app) =>
      [FEW, MANY].map((count) => ({
        name: inTurn(count),
        measure: (seconds) =>
          measure(app, { path: '/guarded', exchange: requestsWith(app.lists[count]), seconds }),
      })),
  };
}

/** Each connection presents its share of the tokens, one after another. */
function requestsWith(tokens) {
  return (i) =>
    tokens
      .filter((_, n) => n % settings.connections === i)
      .map((token) => ({ headers: { authorization: `Bearer ${token}` } }));
}

function targets(results) {
  const ratios = ALGORITHMS.map((algorithm) =>
    compared(results[first('latchkey', algorithm)], results[first('jose', algorithm)]),
  );
  return [
    {
      what: "first verification / jose's jwtVerify alone, slowest algorithm",
      ...ratios.toSorted((a, b) => a.value - b.value)[0],
      atLeast: 0.9,
    },
    {
      // By processor time: so many different requests slow down the load generator.
      what: `guarded, ${MANY} remembered tokens / ${FEW}, by processor time`,
      value: compared(results[inTurn(MANY)], results[inTurn(FEW)]).byCpu,
      atLeast: 0.95,
    },
  ];
}
