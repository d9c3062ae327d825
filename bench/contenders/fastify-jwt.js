// Bare Fastify with @fastify/jwt, with and without its cache of verified tokens.
import fastifyJwt from '@fastify/jwt';
import fastify from 'fastify';
import { options, ready } from '../lib/contender.js';
import { ACCESS_SECRET } from '../lib/keys.js';

const app = fastify();
await app.register(fastifyJwt, { secret: ACCESS_SECRET, verify: { cache: options.cache ? 5000 : false } });
app.get('/unguarded', async () => ({ ok: true }));
app.get('/guarded', { onRequest: (request) => request.jwtVerify() }, async () => ({ ok: true }));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
const accessTokens = Array.from({ length: 32 }, (_, i) =>
  app.jwt.sign({ sub: `user ${i}` }, { expiresIn: '1h' }),
);
ready({ url, accessTokens });
