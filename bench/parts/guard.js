// What a guarded route costs: the same answer without a guard, with ours, and with those of others.
import { startContender } from '../lib/processes.js';
import { measure } from '../lib/load.js';
import { inTurns } from '../lib/rounds.js';
import { compared } from '../lib/stats.js';

const ALGORITHMS = ['HS256', 'ES256', 'RS256', 'EdDSA'];
const ADAPTERS = ['Fastify', 'Express'];
const bearer = (contender) => (i) => ({ authorization: `Bearer ${contender.accessTokens[i % 32]}` });

export const title = 'Guarded route, 32 connections, a token each';

export async function run({ database }) {
  const cells = [];
  const add = (name, contender, path, headers = bearer(contender)) =>
    cells.push({ name, measure: (seconds) => measure(contender, { path, headers, seconds }) });

  for (const adapter of ADAPTERS) {
    const start = async (options) =>
      startContender('latchkey', {
        adapter: adapter.toLowerCase(),
        databaseUrl: await database.create(),
        ...options,
      });
    for (const algorithm of ALGORITHMS) {
      const app = await start({ algorithm });
      const name = `${adapter}, ${algorithm}`;
      add(`Nest on ${name}, unguarded`, app, '/unguarded');
      if (adapter === 'Fastify') add(`Nest on ${name}, trivial guard`, app, '/trivial');
      add(`Latchkey on ${name}`, app, '/guarded');
      if (adapter === 'Fastify' && algorithm === 'HS256')
        add('Latchkey on Fastify, HS256, revocations not looked at', app, '/stateless');
    }
    if (adapter === 'Fastify')
      for (const algorithm of ['HS256', 'ES256'])
        add(
          `Latchkey on Fastify, ${algorithm}, no cache`,
          await start({ algorithm, verifiedTokens: 0 }),
          '/guarded',
        );
  }
  await addPeers(add, database);
  const results = await inTurns('guard', cells);
  return { results, targets: targets(results) };
}

async function addPeers(add, database) {
  add('Nest documentation (passport-jwt), Express', await startContender('nest-recipe'), '/guarded');
  add('Express + jsonwebtoken', await startContender('express'), '/guarded');
  add('express-jwt', await startContender('express', { library: 'express-jwt' }), '/guarded');
  const fastify = await startContender('fastify-jwt', { cache: false });
  add('Bare Fastify, unguarded', fastify, '/unguarded');
  add('Fastify + @fastify/jwt', fastify, '/guarded');
  add('Fastify + @fastify/jwt, its cache', await startContender('fastify-jwt', { cache: true }), '/guarded');
  for (const cookieCache of [false, true]) {
    const peer = await startContender('better-auth', { cookieCache, databaseUrl: await database.create() });
    const name = `better-auth get-session${cookieCache ? ', its cookie cache' : ''}`;
    add(name, peer, '/api/auth/get-session', (i) => ({ cookie: peer.cookies[i % 32] }));
  }
}

/** A guarded route is held against another one of the same process: two processes alike differ by as much as a guard costs. */
function targets(results) {
  const slowest = (what, adapter, baseOf, atLeast) => {
    const ratios = ALGORITHMS.map((algorithm) => {
      const name = `${adapter}, ${algorithm}`;
      return compared(results[`Latchkey on ${name}`], results[baseOf(name)]);
    });
    return { what, ...ratios.toSorted((a, b) => a.value - b.value)[0], atLeast };
  };
  const unguarded = (name) => `Nest on ${name}, unguarded`;
  const trivial = (name) => `Nest on ${name}, trivial guard`;
  return [
    slowest('guarded / unguarded, Fastify, slowest algorithm', 'Fastify', unguarded, 0.6),
    slowest('guarded / trivial guard, Fastify, slowest algorithm', 'Fastify', trivial, 0.9),
    slowest(
      "guarded, Fastify / Nest documentation's recipe on Express",
      'Fastify',
      () => 'Nest documentation (passport-jwt), Express',
      15,
    ),
    slowest(
      'guarded, Fastify / bare Fastify + @fastify/jwt with cache',
      'Fastify',
      () => 'Fastify + @fastify/jwt, its cache',
      0.95,
    ),
    slowest('guarded / unguarded, Express, slowest algorithm', 'Express', unguarded, 0.7),
    {
      what: 'revocation check on / off, guarded, Fastify',
      ...compared(
        results['Latchkey on Fastify, HS256'],
        results['Latchkey on Fastify, HS256, revocations not looked at'],
      ),
      atLeast: 0.97,
    },
  ];
}
