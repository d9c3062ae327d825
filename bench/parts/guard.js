// What a guarded route costs: the same answer without a guard, with ours, and with those of others.
import { startContender } from '../lib/processes.js';
import { measure } from '../lib/load.js';
import { comparedInTurns } from '../lib/rounds.js';
import { compared } from '../lib/stats.js';

const ALGORITHMS = ['HS256', 'ES256', 'RS256', 'EdDSA'];
const RECIPE = 'Nest documentation (passport-jwt), Express';
const cachedFastifyJwt = (algorithm) => `Fastify + @fastify/jwt, ${algorithm}, its cache`;

export const title = 'Guarded route, 32 connections, a token each';

export async function run({ database }) {
  const latchkey = (options, routes) => ({
    file: 'latchkey',
    options: async () => ({ ...options, databaseUrl: await database.create() }),
    routes,
  });
  const results = {};
  for (const algorithm of ALGORITHMS) {
    const name = `Fastify, ${algorithm}`;
    const routes = {
      [`Nest on ${name}, unguarded`]: '/unguarded',
      [`Nest on ${name}, trivial guard`]: '/trivial',
      [`Latchkey on ${name}`]: '/guarded',
    };
    const peer = {
      file: 'fastify-jwt',
      options: { cache: true, algorithm },
      routes: { [cachedFastifyJwt(algorithm)]: '/guarded' },
    };
    const first = algorithm === 'HS256';
    if (first) routes['Latchkey on Fastify, HS256, revocations not looked at'] = '/stateless';
    const recipe = { file: 'nest-recipe', routes: { [RECIPE]: '/guarded' } };
    const contenders = [latchkey({ algorithm }, routes), peer, ...(first ? [recipe] : [])];
    Object.assign(results, await takingTurns(name, contenders));
  }
  const uncached = ['HS256', 'ES256'].map((algorithm) =>
    latchkey(
      { algorithm, verifiedTokens: 0 },
      { [`Latchkey on Fastify, ${algorithm}, no cache`]: '/guarded' },
    ),
  );
  const bare = {
    file: 'fastify-jwt',
    options: { cache: false },
    routes: { 'Bare Fastify, unguarded': '/unguarded', 'Fastify + @fastify/jwt': '/guarded' },
  };
  Object.assign(results, await takingTurns('no cache', [...uncached, bare]));
  for (const algorithm of ALGORITHMS) {
    const name = `Express, ${algorithm}`;
    const routes = { [`Nest on ${name}, unguarded`]: '/unguarded', [`Latchkey on ${name}`]: '/guarded' };
    Object.assign(results, await takingTurns(name, [latchkey({ adapter: 'express', algorithm }, routes)]));
  }
  const express = { file: 'express', routes: { 'Express + jsonwebtoken': '/guarded' } };
  const expressJwt = {
    file: 'express',
    options: { library: 'express-jwt' },
    routes: { 'express-jwt': '/guarded' },
  };
  const betterAuth = [false, true].map((cookieCache) => ({
    file: 'better-auth',
    options: async () => ({ cookieCache, databaseUrl: await database.create() }),
    routes: {
      [`better-auth get-session${cookieCache ? ', its cookie cache' : ''}`]: '/api/auth/get-session',
    },
  }));
  Object.assign(results, await takingTurns('others', [express, expressJwt, ...betterAuth]));
  return { results, targets: targets(results) };
}

function takingTurns(what, contenders) {
  const entries = contenders.map(({ file, options = {}, routes }) => ({
    start: async () => startContender(file, typeof options === 'function' ? await options() : options),
    cells: (contender) =>
      Object.entries(routes).map(([name, path]) => ({
        name,
        measure: (seconds) => measure(contender, { path, headers: credentials(contender), seconds }),
      })),
  }));
  return comparedInTurns(`guard, ${what}`, entries);
}

/** Each connection has its own. */
const credentials =
  ({ accessTokens, cookies }) =>
  (i) =>
    cookies ? { cookie: cookies[i % 32] } : { authorization: `Bearer ${accessTokens[i % 32]}` };

/** A guarded route is held against another one of the same process: two processes alike differ by as much as a guard costs. */
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
      0.9,
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
      ...compared(hs256, results['Latchkey on Fastify, HS256, revocations not looked at']),
      atLeast: 0.97,
    },
  ];
}
