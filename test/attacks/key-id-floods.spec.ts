// Covers docs/security.md, case 11, 126.
import { randomBytes } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { startHost } from '../support/host-app.js';
import { startDatabaseProxy } from '../support/database-proxy.js';
import { createDatabase } from '../support/postgres.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { encode } from './forge.js';
import { secret } from './attacked-host.js';

const FLOOD = 2000;
/** What the host sends by itself during the flood: it maintains its keys, revocations and old sessions. */
const OWN_MESSAGES = 30;

it(`${FLOOD} unknown key ids cause no queries, and one JWKS request by each verifier`, async () => {
  const database = await createDatabase();
  const proxy = await startDatabaseProxy(database.url);
  const host = await startHost({
    adapter: 'fastify',
    databaseUrl: proxy.url,
    options: {
      jwt: {
        algorithm: 'ES256',
        accessSecret: undefined,
        keyRing: { encryptionSecret: secret() },
        refreshSecret: secret(),
      },
    },
  });
  let jwksRequests = 0;
  host.app.getHttpServer().on('request', ({ url }: { url: string }) => {
    if (url.startsWith('/.well-known/')) jwksRequests++;
  });
  const { accessToken } = (
    await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })
  ).body;

  // JWKS clients on Node wait 30 seconds before they ask again; how they handle the flood is up to them.
  const jwksUrl = new URL('/.well-known/jwks.json', host.client.url);
  const keys = createRemoteJWKSet(jwksUrl, { cooldownDuration: 30_000 });
  const verify = (token: string) => jwtVerify(token, keys, { algorithms: ['ES256'] });
  await verify(accessToken);

  const before = proxy.messages();
  for (let sent = 0; sent < FLOOD; sent += 50) {
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const token = withKeyId(accessToken, randomBytes(32).toString('base64url'));
        expect((await host.client.get('/orders', { token })).status).toBe(401);
        await expect(verify(token)).rejects.toMatchObject({ code: 'ERR_JWKS_NO_MATCHING_KEY' });
      }),
    );
  }
  expect(proxy.messages() - before).toBeLessThanOrEqual(OWN_MESSAGES);
  expect(jwksRequests).toBeLessThanOrEqual(2);
  await verify(accessToken);
  expect((await host.client.get('/orders', { token: accessToken })).status).toBe(200);

  await host.close();
  await proxy.close();
  await database.drop();
});

function withKeyId(token: string, kid: string): string {
  const [, payload, signature] = token.split('.');
  return [encode(JSON.stringify({ alg: 'ES256', kid, typ: 'at+jwt' })), payload, signature].join('.');
}
