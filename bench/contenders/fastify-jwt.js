// Bare Fastify with @fastify/jwt, with and without its cache of verified tokens.
import fastifyJwt from '@fastify/jwt';
import fastify from 'fastify';
import { sameClaims } from '../lib/claims.js';
import { options, ready } from '../lib/contender.js';
import { ACCESS_SECRET, keyPair } from '../lib/keys.js';

const { algorithm = 'HS256', cache, shortTokens } = options;

const app = fastify();
await app.register(fastifyJwt, {
  secret: algorithm === 'HS256' ? ACCESS_SECRET : pemsOf(keyPair(algorithm)),
  sign: { algorithm },
  verify: { algorithms: [algorithm], cache: cache ? 5000 : false },
});
app.get('/unguarded', async () => ({ ok: true }));
app.get('/guarded', { onRequest: (request) => request.jwtVerify() }, async () => ({ ok: true }));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
const claims = (i) => (shortTokens ? { sub: `user ${i}` } : sameClaims());
const accessTokens = Array.from({ length: 32 }, (_, i) => app.jwt.sign(claims(i), { expiresIn: '1h' }));
ready({ url, accessTokens });

function pemsOf({ privateKey, publicKey }) {
  return {
    private: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    public: publicKey.export({ type: 'spki', format: 'pem' }),
  };
}
