import { ResourceClients } from '../../src/index.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { startDatabaseProxy } from '../support/database-proxy.js';
import { startHost } from '../support/host-app.js';
import { createMigratedDatabase } from '../support/postgres.js';

it('while the database is down, no token is judged or revoked: 503, retry later (RFC 7009 §2.2.1)', async () => {
  const database = await createMigratedDatabase();
  const proxy = await startDatabaseProxy(database.url);
  const host = await startHost({ databaseUrl: proxy.url });
  const client = await host.app.get(ResourceClients).create('orders.api');
  const { accessToken, refreshToken } = (
    await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })
  ).body;
  await proxy.close();
  for (const path of ['/oauth/introspect', '/oauth/revoke']) {
    for (const token of [accessToken, refreshToken]) {
      const answer = await host.client.call(path, {
        raw: new URLSearchParams({ token }).toString(),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from(`${client!.id}:${client!.secret}`).toString('base64')}`,
        },
      });
      expect([answer.status, answer.body.error]).toEqual([503, 'temporarily_unavailable']);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
  }
  await host.close();
  await database.drop();
});
