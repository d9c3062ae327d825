// What one would use instead of Latchkey, on the same adapter: with sessions that can be revoked, or without.
import { compared } from './stats.js';

const OURS = 'Latchkey on Fastify, HS256, again';
const WITH_REDIS = 'Fastify + @fastify/jwt, HS256, its cache, revocations in Redis';
const BETTER_AUTH = "Nest on Fastify, better-auth's guard";
const BETTER_AUTH_CACHED = `${BETTER_AUTH}, its cookie cache`;
const SUPERTOKENS = 'Fastify + supertokens-node, RS256, revocations not checked';

/** A group of the part "guard". Without Redis, one of them is missing. */
export const otherProducts = (redis) => [
  { file: 'latchkey', needsDatabase: true, options: { algorithm: 'HS256' }, routes: { [OURS]: '/guarded' } },
  ...(redis ? [withRedis(redis)] : []),
  betterAuth(BETTER_AUTH, false),
  betterAuth(BETTER_AUTH_CACHED, true),
  { file: 'supertokens', routes: { [SUPERTOKENS]: '/guarded' } },
];

const withRedis = ({ url }) => ({
  file: 'fastify-jwt',
  options: { cache: true, redisUrl: url },
  routes: { [WITH_REDIS]: '/guarded' },
});

const betterAuth = (name, cookieCache) => ({
  file: 'better-auth-nest',
  needsDatabase: true,
  options: { cookieCache },
  routes: { [name]: '/guarded' },
});

/** How Latchkey compares with each, in words. */
export const shares = (results) =>
  [WITH_REDIS, BETTER_AUTH, BETTER_AUTH_CACHED, SUPERTOKENS]
    .filter((name) => results[name])
    .map((name) => {
      const { value, byCpu } = compared(results[OURS], results[name]);
      return `Latchkey / ${name}: ${value.toFixed(2)} by requests, ${byCpu.toFixed(2)} by processor time`;
    });
