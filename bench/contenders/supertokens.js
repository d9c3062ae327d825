// Fastify with supertokens-node, whose core is a Java service. By default, no request asks it: tokens are verified with
// its public keys. A stand-in has these keys and nothing else, so that a request which asks more fails the bench.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import fastify from 'fastify';
import jsonwebtoken from 'jsonwebtoken';
import supertokens from 'supertokens-node';
import { errorHandler, plugin } from 'supertokens-node/framework/fastify/index.js';
import Session from 'supertokens-node/recipe/session/index.js';
import { verifySession } from 'supertokens-node/recipe/session/framework/fastify/index.js';
import { ready } from '../lib/contender.js';
import { keyPair } from '../lib/keys.js';

const KEY_ID = `d-${Date.now()}`;
const { privateKey, publicKey } = keyPair('RS256');

const core = createServer((request, response) => {
  const known = request.url === '/.well-known/jwks.json';
  const key = { ...publicKey.export({ format: 'jwk' }), kid: KEY_ID, alg: 'RS256', use: 'sig' };
  response.writeHead(known ? 200 : 404, { 'content-type': 'application/json' });
  response.end(JSON.stringify(known ? { keys: [key] } : {}));
});
await new Promise((resolve) => core.listen(0, '127.0.0.1', resolve));

supertokens.init({
  framework: 'fastify',
  telemetry: false,
  supertokens: { connectionURI: `http://127.0.0.1:${core.address().port}` },
  appInfo: { appName: 'bench', apiDomain: 'http://127.0.0.1', websiteDomain: 'http://127.0.0.1' },
  recipeList: [Session.init()],
});

const app = fastify();
app.setErrorHandler(errorHandler());
await app.register(plugin);
app.get('/guarded', { preHandler: verifySession() }, async () => ({ ok: true }));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
const { status } = await fetch(`${url}/guarded`);
if (status !== 401) throw new Error(`Without a token, the guarded route answered ${status}.`);
ready({ url, accessTokens: Array.from({ length: 32 }, accessToken) });

/**
 * As the core signs it, with the claims of its version 5. `null` means that it was used before: with the first token
 * after a refresh, a request does ask the core.
 */
function accessToken() {
  const sub = randomUUID();
  const claims = {
    sub,
    tId: 'public',
    rsub: sub,
    sessionHandle: randomUUID(),
    refreshTokenHash1: createHash('sha256').update(randomBytes(32)).digest('hex'),
    parentRefreshTokenHash1: null,
    antiCsrfToken: null,
    iss: 'http://127.0.0.1/auth',
  };
  const header = { kid: KEY_ID, typ: 'JWT', version: '5' };
  return jsonwebtoken.sign(claims, privateKey, { algorithm: 'RS256', expiresIn: '1h', header });
}
