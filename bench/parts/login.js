// A login is a hash and little else, and while hashes are made the event loop is free.
import { measure } from '../lib/load.js';
import { probe, send } from '../lib/probe.js';
import { startContender } from '../lib/processes.js';
import { inTurns } from '../lib/rounds.js';
import { settings } from '../lib/settings.js';
import { compared, summary } from '../lib/stats.js';

/** The least the module allows: here everything but the hash weighs most. */
const COST = 10;

export const title = `Login, bcrypt cost ${COST}`;

export async function run({ database }) {
  const app = await startContender('latchkey', { databaseUrl: await database.create(), bcryptCost: COST });
  const raw = await startContender('bcrypt', { cost: COST });
  const login = (how) =>
    measure(app, {
      path: '/auth/login',
      method: 'POST',
      headers: () => ({ 'content-type': 'application/json' }),
      body: JSON.stringify(app.account),
      ...how,
    });
  // A number of each, not a time: at the end of a time hashes that are under way would count for nothing.
  const amount = (seconds = settings.seconds) => (settings.smoke ? 8 : Math.ceil(32 * seconds));
  const results = await inTurns('login', [
    {
      name: 'Latchkey, POST /auth/login',
      // autocannon ends with one of its samples.
      measure: (seconds) => login({ connections: 8, amount: amount(seconds), sampleInt: 10 }),
    },
    { name: 'bcrypt compares alone', measure: (seconds) => raw.ask('compare', amount(seconds)) },
  ]);

  const { idle, flood } = await guardedDuring(app, (seconds) =>
    login({ connections: 32, seconds, amount: settings.smoke ? 32 : undefined }),
  );
  const ratio = summary(flood.map((p99, i) => p99 / idle[i]));
  return {
    results,
    notes: [
      `Guarded route at 200/s: p99 ${summary(idle).value.toFixed(2)} ms idle, ` +
        `${summary(flood).value.toFixed(2)} ms while 32 connections log in without a pause, on the same core`,
    ],
    targets: [
      {
        what: 'login / raw bcrypt compares, same cost',
        ...compared(results['Latchkey, POST /auth/login'], results['bcrypt compares alone']),
        atLeast: 0.9,
      },
      {
        what: 'guarded route p99 during a login flood / idle p99',
        value: ratio.value,
        atMost: 3,
        unit: ' x',
      },
    ],
  };
}

/** The p99 of the guarded route in each round, without logins and with as many as come through. */
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
