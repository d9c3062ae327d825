// Bare Fastify with @fastify/jwt, with and without its cache of verified tokens, and with revocations in Redis.
import { randomUUID } from 'node:crypto';
import fastifyJwt from '@fastify/jwt';
import fastify from 'fastify';
import { sameClaims } from '../lib/claims.js';
import { options, ready } from '../lib/contender.js';
import { ACCESS_SECRET, keyPair } from '../lib/keys.js';

const { algorithm = 'HS256', cache, shortTokens, redisUrl } = options;

const app = fastify();
await app.register(fastifyJwt, {
  secret: algorithm === 'HS256' ? ACCESS_SECRET : pemsOf(keyPair(algorithm)),
  sign: { algorithm },
  verify: { algorithms: [algorithm], cache: cache ? 5000 : false },
});
const verify = (request) => request.jwtVerify();
const redis = redisUrl && (await connectedTo(redisUrl));
app.get('/unguarded', async () => ({ ok: true }));
app.get('/guarded', { onRequest: redis ? verifyUnrevoked : verify }, async () => ({ ok: true }));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
const claims = (i) => (shortTokens ? { sub: `user ${i}` } : sameClaims());
const accessTokens = Array.from({ length: 32 }, (_, i) => app.jwt.sign(claims(i), { expiresIn: '1h' }));
if (redis) await checkRevocation();
ready({ url, accessTokens });

function pemsOf({ privateKey, publicKey }) {
  return {
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    public: publicKey.export({ type: 'spki', format: 'pem' }),
  };
}

async function connectedTo(address) {
  const { createClient } = await import('redis');
  const client = createClient({ url: address });
  // Without a listener, an error would end the process without an answer to those who wait for one.
  client.on('error', (error) => console.error(error));
  await client.connect();
  return client;
}

/** One question for each request; the client sends those of one turn of the event loop together. */
async function verifyUnrevoked(request, reply) {
  await request.jwtVerify();
  if (await redis.exists(`revoked:${request.user.sid}`)) return reply.code(401).send({ error: 'revoked' });
}

/** A guard that let revoked sessions pass would be measured for nothing. */
async function checkRevocation() {
  const sid = randomUUID();
  await redis.set(`revoked:${sid}`, '1', { EX: 3600 });
  for (const [expected, token] of [
    [200, accessTokens[0]],
    [401, app.jwt.sign({ ...sameClaims(), sid }, { expiresIn: '1h' })],
  ]) {
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode } = await app.inject({ url: '/guarded', headers });
    if (statusCode !== expected) throw new Error(`Answered ${statusCode} instead of ${expected}.`);
  }
}
