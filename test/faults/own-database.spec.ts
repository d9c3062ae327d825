import { newEmail, PASSWORD } from '../support/client.js';
import { type OwnDatabaseHost, startOwnDatabaseHost } from '../support/own-database-host.js';
import {
  describeWithStandby,
  type ReplicatedPostgres,
  startReplicatedPostgres,
} from '../support/replicated-postgres.js';
import { until } from '../support/until.js';
import { count } from './support/report.js';

const USABLE_WITHIN_MS = 3_000;

describeWithStandby('the own database of the module, with the URL of a primary and its standby', () => {
  let cluster: ReplicatedPostgres;
  let host: OwnDatabaseHost | undefined;
  beforeAll(async () => {
    cluster = await startReplicatedPostgres('synchronous');
  });
  afterAll(async () => {
    await host?.app.close();
    await cluster?.close();
  });

  it('migrates on the primary, and goes on with the sessions on the promoted standby', async () => {
    const reversed = new URL(cluster.standby);
    const { port } = new URL(cluster.primary);
    const url = `postgres://latchkey@127.0.0.1:${reversed.port},127.0.0.1:${port}${reversed.pathname}`;
    const { client } = (host = await startOwnDatabaseHost({ url }));
    const account = { email: newEmail(), password: PASSWORD };
    expect((await client.post('/auth/register', account)).status).toBe(201);
    const { refreshToken } = (await client.post('/auth/login', account)).body;

    await cluster.killPrimary();
    expect((await client.post('/auth/refresh', { refreshToken })).status).toBe(503);
    await cluster.promote();
    const promoted = performance.now();
    await until(async () => (await client.post('/auth/refresh', { refreshToken })).status === 200);
    expect(performance.now() - promoted).toBeLessThan(USABLE_WITHIN_MS);
    expect((await client.post('/auth/login', account)).status).toBe(200);
    count('standbys promoted');
  });
});
