// The cost of a guarded route: the same answer without a guard, with ours, and with those of others.
import { startContender } from '../lib/processes.js';
import { measure } from '../lib/load.js';
import { otherProducts, shares } from '../lib/other-products.js';
import { startRedis } from '../lib/redis.js';
import { comparedInTurns } from '../lib/rounds.js';
import { settings } from '../lib/settings.js';
import { compared } from '../lib/stats.js';

const ALGORITHMS = settings.size(['HS256', 'ES256', 'RS256', 'EdDSA'], ['HS256']);
const RECIPE = 'Nest documentation (passport-jwt), Express';
const UNCHECKED = 'Latchkey on Fastify, HS256, revocations not checked';
const cachedFastifyJwt = (algorithm) => `Fastify + @fastify/jwt, ${algorithm}, its cache`;

export const title = 'Guarded route, 32 connections, a token each';

export async function run({ database }) {
  const results = {};
  const redis = await startRedis();
  for (const [what, contenders] of Object.entries(groups(redis))) {
    const entries = contenders.map(({ file, options, needsDatabase, routes }) => ({
      start: async () =>
        startContender(file, { ...options, ...(needsDatabase && { databaseUrl: await database.create() }) }),
      cells: (contender) =>
        Object.entries(routes).map(([name, path]) => ({
          name,
          measure: (seconds) => measure(contender, { path, headers: credentials(contender), seconds }),
        })),
    }));
    Object.assign(results, await comparedInTurns(`guard, ${what}`, entries));
  }
  await redis?.stop();
  const missing =
    'redis-server is not on the PATH (Debian: redis-server), so revocations in Redis were left out.';
  return { results, targets: targets(results), notes: [...shares(results), ...(redis ? [] : [missing])] };
}

/**
 * Contenders in a group are compared with each other. `routes` maps the names of the results to the paths requested.
 */
function groups(redis) {
  const of = (adapter, group) =>
    ALGORITHMS.map((algorithm) => [`${adapter}, ${algorithm}`, group(`${adapter}, ${algorithm}`, algorithm)]);
  return Object.fromEntries([
    ...of('Fastify', onFastify),
    ['no cache', uncached()],
    ...of('Express', onExpress),
    ['others', others()],
    ['other products', otherProducts(redis)],
  ]);
}

const latchkey = (options, routes) => ({ file: 'latchkey', needsDatabase: true, options, routes });
const fastifyJwt = (options, routes) => ({ file: 'fastify-jwt', options, routes });

function onFastify(name, algorithm) {
  const routes = {
    [`Nest on ${name}, unguarded`]: '/unguarded',
    [`Nest on ${name}, trivial guard`]: '/trivial',
    [`Latchkey on ${name}`]: '/guarded',
  };
  const peer = cachedFastifyJwt(algorithm);
  const peers = [
    fastifyJwt({ cache: true, algorithm }, { [peer]: '/guarded' }),
    fastifyJwt(
      { cache: true, algorithm, shortTokens: true },
      { [`${peer}, tokens with only a subject`]: '/guarded' },
    ),
  ];
  if (algorithm !== 'HS256') return [latchkey({ algorithm }, routes), ...peers];
  return [
    latchkey({ algorithm }, { ...routes, [UNCHECKED]: '/stateless' }),
    ...peers,
    { file: 'nest-recipe', routes: { [RECIPE]: '/guarded' } },
  ];
}

function uncached() {
  const ours = ['HS256', 'ES256'].map((algorithm) =>
    latchkey(
      { algorithm, verifiedTokens: 0 },
      { [`Latchkey on Fastify, ${algorithm}, no cache`]: '/guarded' },
    ),
  );
  const routes = { 'Bare Fastify, unguarded': '/unguarded', 'Fastify + @fastify/jwt': '/guarded' };
  return [...ours, fastifyJwt({ cache: false }, routes)];
}

function onExpress(name, algorithm) {
  const routes = {
    [`Nest on ${name}, unguarded`]: '/unguarded',
    [`Nest on ${name}, trivial guard`]: '/trivial',
    [`Latchkey on ${name}`]: '/guarded',
  };
  return [latchkey({ adapter: 'express', algorithm }, routes)];
}

function others() {
  const express = (library, name) => ({
    file: 'express',
    options: { library },
    routes: { [name]: '/guarded' },
  });
  const betterAuth = (cookieCache, name) => ({
    file: 'better-auth',
    needsDatabase: true,
    options: { cookieCache },
    routes: { [name]: '/api/auth/get-session' },
  });
  return [
    express('jsonwebtoken', 'Express + jsonwebtoken'),
    express('express-jwt', 'express-jwt'),
    betterAuth(false, 'better-auth get-session'),
    betterAuth(true, 'better-auth get-session, its cookie cache'),
  ];
}

/** Each connection has its own. */
const credentials =
  ({ accessTokens, cookies }) =>
  (i) =>
    cookies ? { cookie: cookies[i % 32] } : { authorization: `Bearer ${accessTokens[i % 32]}` };

/**
 * A guarded route is compared with another one of the same process: two identical processes differ by as much as a
 * guard costs.
 */
function targets(results) {
  const slowest = (what, adapter, baseOf, atLeast) => {
    const ratios = ALGORITHMS.map((algorithm) =>
      compared(results[`Latchkey on ${adapter}, ${algorithm}`], results[baseOf(algorithm)]),
    );
    return {
      what: `${what}, slowest algorithm`,
      ...ratios.toSorted((a, b) => a.value - b.value)[0],
      atLeast,
    };
  };
  const hs256 = results['Latchkey on Fastify, HS256'];
  return [
    slowest('guarded / unguarded, Fastify', 'Fastify', (name) => `Nest on Fastify, ${name}, unguarded`, 0.6),
    slowest(
      'guarded / trivial guard, Fastify',
      'Fastify',
      (name) => `Nest on Fastify, ${name}, trivial guard`,
      0.95,
    ),
    slowest(
      'guarded / trivial guard, Express',
      'Express',
      (name) => `Nest on Express, ${name}, trivial guard`,
      0.95,
    ),
    {
      what: "guarded, Fastify / Nest documentation's recipe on Express",
      ...compared(hs256, results[RECIPE]),
      atLeast: 15,
    },
    slowest('guarded, Fastify / bare Fastify + @fastify/jwt with cache', 'Fastify', cachedFastifyJwt, 0.95),
    slowest('guarded / unguarded, Express', 'Express', (name) => `Nest on Express, ${name}, unguarded`, 0.7),
    {
      what: 'revocation check on / off, guarded, Fastify',
      ...compared(hs256, results[UNCHECKED]),
      atLeast: 0.97,
    },
  ];
}
