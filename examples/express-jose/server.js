import express from 'express';
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

async function authenticate(request, response, next) {
  const [, token = ''] = /^bearer +(.+)$/i.exec(request.headers.authorization ?? '') ?? [];
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
    request.auth = payload;
  } catch (error) {
    const isUnavailable = !(error instanceof errors.JOSEError) || error instanceof errors.JWKSTimeout;
    if (isUnavailable) return response.status(503).json({ error: 'UNAVAILABLE' });
    return response
      .status(401)
      .set('WWW-Authenticate', 'Bearer error="invalid_token"')
      .json({ error: 'INVALID_TOKEN' });
  }
  next();
}

const app = express();

app.get('/orders', authenticate, (request, response) => {
  response.json({ sub: request.auth.sub, roles: request.auth.roles });
});

const server = app.listen(PORT, HOST, () =>
  console.log(`listens on http://${HOST}:${server.address().port}`),
);
