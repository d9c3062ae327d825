import express from 'express';
import { expressjwt } from 'express-jwt';
import { expressJwtSecret } from 'jwks-rsa';

const {
  LATCHKEY_URL,
  JWT_ISSUER,
  JWT_AUDIENCE,
  JWT_ALGORITHM = 'ES256',
  HOST = '127.0.0.1',
  PORT = 4000,
} = process.env;

const authenticate = expressjwt({
  secret: expressJwtSecret({
    jwksUri: `${LATCHKEY_URL}/.well-known/jwks.json`,
    cache: true,
    rateLimit: true, // invented key ids make us fetch the keys at most ten times a minute
    timeout: 5000,
  }),
  algorithms: [JWT_ALGORITHM],
  issuer: JWT_ISSUER,
  audience: JWT_AUDIENCE,
  clockTolerance: 5,
  // jsonwebtoken does not check `typ`: without this, other tokens signed with the same keys would pass.
  isRevoked: (_request, { header, payload }) => header.typ !== 'at+jwt' || payload.type !== 'access',
});

const app = express();

app.get('/orders', authenticate, (request, response) => {
  response.json({ sub: request.auth.sub, roles: request.auth.roles });
});

app.use((error, _request, response, _next) => {
  if (error.name !== 'UnauthorizedError') return response.status(503).json({ error: 'UNAVAILABLE' });
  response
    .status(401)
    .set('WWW-Authenticate', 'Bearer error="invalid_token"')
    .json({ error: 'INVALID_TOKEN' });
});

const server = app.listen(PORT, HOST, () =>
  console.log(`listens on http://${HOST}:${server.address().port}`),
);
