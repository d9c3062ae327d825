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
      if (algorithm === 'HS256') {
        add(`Nest on ${adapter}, unguarded`, app, '/unguarded');
        add(`Nest on ${adapter}, trivial guard`, app, '/trivial');
      }
      add(`Latchkey on ${adapter}, ${algorithm}`, app, '/guarded');
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

function targets(results) {
  const guarded = (adapter) => ALGORITHMS.map((algorithm) => `Latchkey on ${adapter}, ${algorithm}`);
  const ratio = (what, names, base, atLeast) => {
    const ratios = names.map((name) => compared(results[name], results[base]));
    const slowest = ratios.toSorted((a, b) => a.value - b.value)[0];
    return { what, ...slowest, atLeast };
  };
  const fastify = guarded('Fastify');
  return [
    ratio('guarded / unguarded, Fastify, slowest algorithm', fastify, 'Nest on Fastify, unguarded', 0.6),
    ratio(
      'guarded / trivial guard, Fastify, slowest algorithm',
      fastify,
      'Nest on Fastify, trivial guard',
      0.9,
    ),
    ratio(
      "guarded, Fastify / Nest documentation's recipe on Express",
      fastify,
      'Nest documentation (passport-jwt), Express',
      15,
    ),
    ratio(
      'guarded, Fastify / bare Fastify + @fastify/jwt with cache',
      fastify,
      'Fastify + @fastify/jwt, its cache',
      0.95,
    ),
    ratio(
      'guarded / unguarded, Express, slowest algorithm',
      guarded('Express'),
      'Nest on Express, unguarded',
      0.7,
    ),
    ratio(
      'revocation check on / off, guarded, Fastify',
      ['Latchkey on Fastify, HS256'],
      'Latchkey on Fastify, HS256, revocations not looked at',
      0.97,
    ),
  ];
}
