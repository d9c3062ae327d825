// How close a refresh over HTTP comes to what the database allows.
import { measure, refreshing } from '../lib/load.js';
import { pgbench } from '../lib/pgbench.js';
import { startContender } from '../lib/processes.js';
import { comparedInTurns } from '../lib/rounds.js';
import { settings } from '../lib/settings.js';
import { compared } from '../lib/stats.js';

const ALGORITHMS = settings.size(['HS256', 'ES256'], ['HS256']);

const latchkey = (algorithm) => `Latchkey, ${algorithm}`;
const bare = (algorithm) => `Bare Fastify + pg, ${algorithm}`;
const nest = (algorithm) => `Nest on Fastify + pg, ${algorithm}`;
const oneByOne = (name) => `${name}, one connection`;

export const title = 'Refresh, 32 concurrent sessions';

export async function run({ database }) {
  const results = {};
  const notes = [
    'Latchkey also reads the user again and keeps an audit trail, which the bare versions do not.',
  ];
  for (const algorithm of ALGORITHMS) {
    Object.assign(
      results,
      await takingTurns(algorithm, database, [
        { name: latchkey(algorithm), file: 'latchkey', path: '/auth/refresh', options: { algorithm } },
        {
          name: `${latchkey(algorithm)}, no audit trail`,
          file: 'latchkey',
          path: '/auth/refresh',
          options: { algorithm, audit: false },
        },
        { name: nest(algorithm), file: 'nest-refresh', path: '/refresh', options: { algorithm } },
        { name: bare(algorithm), file: 'bare-refresh', path: '/refresh', options: { algorithm } },
      ]),
    );
  }
  const three = {
    name: 'SELECT FOR UPDATE + UPDATE + INSERT, HS256',
    file: 'bare-refresh',
    path: '/refresh',
    options: { algorithm: 'HS256', way: 'three statements' },
  };
  const bench = await pgbench(await database.create());
  if (!bench) notes.push('pgbench is not on the PATH (Debian: postgresql-contrib), so it was left out.');
  const others = bench ? [{ name: 'pgbench, the same statement, no HTTP', measure: bench }] : [];
  Object.assign(results, await takingTurns('other ways', database, [three], others));

  const target = (name, base, atLeast) => ({
    what: `refresh / the same statement and signatures: ${name} / ${base}`,
    ...compared(results[name], results[base]),
    atLeast,
  });
  const targets = ALGORITHMS.flatMap((algorithm) => {
    const [ours, theirs, nests] = [latchkey(algorithm), bare(algorithm), nest(algorithm)];
    return [
      target(ours, theirs, 1),
      target(`${ours}, no audit trail`, theirs, 1),
      target(ours, nests, 1),
      target(oneByOne(ours), oneByOne(theirs), 0.95),
      target(oneByOne(ours), oneByOne(nests), 0.95),
    ];
  });
  return { results, targets, notes };
}

function takingTurns(what, database, contenders, others) {
  const entries = contenders.map(({ name, file, path, options }) => ({
    start: async () => startContender(file, { ...options, databaseUrl: await database.create() }),
    cells: (contender) =>
      [32, 1].map((connections) => ({
        name: connections === 1 ? oneByOne(name) : name,
        measure: async (seconds) =>
          measure(contender, { path, exchange: await refreshing(contender, path), seconds, connections }),
      })),
  }));
  return comparedInTurns(`refresh, ${what}`, entries, others);
}
