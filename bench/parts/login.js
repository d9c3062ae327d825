// A login is a hash and little else, and the event loop stays free while hashes are computed.
import { measure } from '../lib/load.js';
import { probe, send } from '../lib/probe.js';
import { startContender } from '../lib/processes.js';
import { inTurns } from '../lib/rounds.js';
import { settings } from '../lib/settings.js';
import { compared, summary } from '../lib/stats.js';

/** The module's default, and the minimum it allows, at which everything except the hash weighs most. */
const USUAL = 12;
const LEAST = 10;

/** A number of hashes, not a time: those still running at the end of a time would count for nothing. */
const HASHES_A_SECOND = { [USUAL]: 8, [LEAST]: 32 };

const ours = (cost) => `Latchkey, POST /auth/login, cost ${cost}`;
const alone = (cost) => `bcrypt compares alone, cost ${cost}`;

export const title = 'Login';

export async function run({ database }) {
  const results = {};
  for (const cost of [USUAL, LEAST]) Object.assign(results, await loginsAndCompares(database, cost));
  const app = await startLatchkey(database, LEAST);
  const { idle, flood } = await guardedDuring(app, (seconds) =>
    login(app, { connections: 32, seconds, amount: settings.smoke ? 32 : undefined }),
  );
  const ratio = summary(flood.map((p99, i) => p99 / idle[i]));
  return {
    results,
    notes: [
      `Guarded route at 200/s: p99 ${summary(idle).value.toFixed(2)} ms idle, ` +
        `${summary(flood).value.toFixed(2)} ms while 32 connections log in continuously, on the same core`,
    ],
    targets: [
      ...[USUAL, LEAST].map((cost) => ({
        what: `login / raw bcrypt compares, cost ${cost}`,
        ...compared(results[ours(cost)], results[alone(cost)]),
        atLeast: 0.9,
      })),
      {
        what: 'guarded route p99 during a login flood / idle p99',
        value: ratio.value,
        atMost: 1.3,
        unit: ' x',
      },
    ],
  };
}

const startLatchkey = async (database, bcryptCost) =>
  startContender('latchkey', { databaseUrl: await database.create(), bcryptCost });

const login = (app, how) =>
  measure(app, {
    path: '/auth/login',
    method: 'POST',
    headers: () => ({ 'content-type': 'application/json' }),
    body: JSON.stringify(app.account),
    ...how,
  });

async function loginsAndCompares(database, cost) {
  const app = await startLatchkey(database, cost);
  const raw = await startContender('bcrypt', { cost });
  const amount = (seconds = settings.seconds) =>
    settings.smoke ? 8 : Math.ceil(HASHES_A_SECOND[cost] * seconds);
  const results = await inTurns(`login, cost ${cost}`, [
    {
      name: ours(cost),
      // autocannon ends with one of its samples.
      measure: (seconds) => login(app, { connections: 8, amount: amount(seconds), sampleInt: 10 }),
    },
    { name: alone(cost), measure: (seconds) => raw.ask('compare', amount(seconds)) },
  ]);
  await app.stop();
  await raw.stop();
  return results;
}

/** The p99 of the guarded route in each round, without logins and with as many as possible. */
async function guardedDuring(app, flooding) {
  const headers = { authorization: `Bearer ${app.accessTokens[0]}` };
  const guarded = async () => {
    const { status } = await send(`${app.url}/guarded`, { headers });
    if (status !== 200) throw new Error(`/guarded answered ${status}`);
  };
  const idle = [];
  const flood = [];
  const seconds = settings.smoke ? 0.3 : Math.max(settings.seconds, 3);
  for (let round = 0; round < settings.rounds; round++) {
    idle.push((await probe(guarded, { perSecond: 200, until: seconds })).p99);
    flood.push((await probe(guarded, { perSecond: 200, until: flooding(seconds) })).p99);
  }
  return { idle, flood };
}
