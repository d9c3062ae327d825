import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { createMiddleware } from 'hono/factory';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';

const {
  LATCHKEY_URL,
  JWT_ISSUER,
  JWT_AUDIENCE,
  JWT_ALGORITHM = 'ES256',
  JWKS_COOLDOWN = 30,
  HOST = '127.0.0.1',
  PORT = 4000,
} = process.env;

const keys = createRemoteJWKSet(new URL(`${LATCHKEY_URL}/.well-known/jwks.json`), {
  cooldownDuration: JWKS_COOLDOWN * 1000, // unknown key ids make us fetch the keys at most once in this time
});

const authenticate = createMiddleware(async (c, next) => {
  const [, token = ''] = /^bearer +(.+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: [JWT_ALGORITHM],
      issuer: JWT_ISSUER,
      audience: JWT_AUDIENCE,
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'sub', 'jti'],
      clockTolerance: 5,
    });
    if (payload.type !== 'access') throw new errors.JWTClaimValidationFailed('not an access token', payload);
    c.set('auth', payload);
  } catch (error) {
    const isUnavailable = !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout;
    if (isUnavailable) return c.json({ error: 'UNAVAILABLE' }, 503);
    return c.json({ error: 'INVALID_TOKEN' }, 401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' });
  }
  await next();
});

const app = new Hono();

app.get('/orders', authenticate, (c) => c.json({ sub: c.get('auth').sub, roles: c.get('auth').roles }));

serve({ fetch: app.fetch, hostname: HOST, port: Number(PORT) }, ({ port }) =>
  console.log(`listens on http://${HOST}:${port}`),
);
