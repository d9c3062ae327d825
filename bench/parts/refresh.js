// How near a refresh over HTTP comes to what the database allows.
import { measure, refreshing } from '../lib/load.js';
import { pgbench } from '../lib/pgbench.js';
import { startContender } from '../lib/processes.js';
import { inTurns } from '../lib/rounds.js';
import { compared } from '../lib/stats.js';

const ALGORITHMS = ['HS256', 'ES256'];

const latchkey = (algorithm) => `Latchkey, ${algorithm}`;

export const title = 'Refresh, 32 sessions at once';

export async function run({ database }) {
  const cells = [];
  const add = async (name, file, path, options) => {
    const contender = await startContender(file, { ...options, databaseUrl: await database.create() });
    const cell = async (seconds) =>
      measure(contender, { path, exchange: await refreshing(contender, path), seconds });
    cells.push({ name, measure: cell });
  };
  for (const algorithm of ALGORITHMS) {
    await add(latchkey(algorithm), 'latchkey', '/auth/refresh', { algorithm });
    await add(`${latchkey(algorithm)}, no audit trail`, 'latchkey', '/auth/refresh', {
      algorithm,
      audit: false,
    });
    await add(`Bare Fastify + pg, ${algorithm}`, 'bare-refresh', '/refresh', { algorithm });
  }
  await add('SELECT FOR UPDATE + UPDATE + INSERT, HS256', 'bare-refresh', '/refresh', {
    algorithm: 'HS256',
    way: 'three statements',
  });
  const notes = ['Latchkey also reads the user afresh and keeps an audit trail, which the bare ways do not.'];
  const bench = await pgbench(await database.create());
  if (bench) cells.push({ name: 'pgbench, the same statement, no HTTP', measure: bench });
  else notes.push('pgbench is not on the PATH (Debian: postgresql-contrib), so it was left out.');

  const results = await inTurns('refresh', cells);
  const targets = ALGORITHMS.flatMap((algorithm) =>
    [latchkey(algorithm), `${latchkey(algorithm)}, no audit trail`].map((ours) => ({
      what: `refresh / bare Fastify + pg, same statement and signatures: ${ours}`,
      ...compared(results[ours], results[`Bare Fastify + pg, ${algorithm}`]),
      atLeast: 0.6,
    })),
  );
  return { results, targets, notes };
}
