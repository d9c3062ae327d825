import jwt from '@fastify/jwt';
import Fastify from 'fastify';
import { JwksClient } from 'jwks-rsa';

const {
  LATCHKEY_URL,
  JWT_ISSUER,
  JWT_AUDIENCE,
  JWT_ALGORITHM = 'ES256',
  HOST = '127.0.0.1',
  PORT = 4000,
} = process.env;

const keys = new JwksClient({
  jwksUri: `${LATCHKEY_URL}/.well-known/jwks.json`,
  cache: true,
  rateLimit: true, // invented key ids make us fetch the keys at most ten times a minute
  timeout: 5000,
});

const app = Fastify();

await app.register(jwt, {
  decode: { complete: true },
  secret: async (_request, { header }) => (await keys.getSigningKey(header.kid)).getPublicKey(),
  verify: {
    algorithms: [JWT_ALGORITHM],
    allowedIss: JWT_ISSUER,
    allowedAud: JWT_AUDIENCE,
    checkTyp: 'at+jwt',
    requiredClaims: ['exp', 'iat', 'sub', 'jti'],
    clockTolerance: 5000,
  },
  trusted: (_request, { type }) => type === 'access',
});

/** A signing key that cannot be fetched says nothing about the token. */
const UNAVAILABLE = new Set(['JwksRateLimitError', 'JwksError']);

app.addHook('onRequest', async (request, reply) => {
  try {
    await request.jwtVerify();
  } catch (error) {
    if (UNAVAILABLE.has(error.name) || error.isEndpointUnavailable)
      return reply.code(503).send({ error: 'UNAVAILABLE' });
    return reply
      .code(401)
      .header('WWW-Authenticate', 'Bearer error="invalid_token"')
      .send({ error: 'INVALID_TOKEN' });
  }
});

app.get('/orders', async ({ user }) => ({ sub: user.sub, roles: user.roles }));

console.log(`listens on ${await app.listen({ host: HOST, port: Number(PORT) })}`);
