import { newEmail, PASSWORD } from '../support/client.js';
import { type OwnDatabaseHost, startOwnDatabaseHost } from '../support/own-database-host.js';
import {
  describeWithStandby,
  type ReplicatedPostgres,
  startReplicatedPostgres,
} from '../support/replicated-postgres.js';
import { count } from './support/report.js';

const USABLE_WITHIN_MS = 3_000;

describeWithStandby('the own database of the module, with the URL of a primary and its standby', () => {
  const account = { email: newEmail(), password: PASSWORD };
  let cluster: ReplicatedPostgres;
  let host: OwnDatabaseHost | undefined;
  let refreshToken: string;
  beforeAll(async () => {
    cluster = await startReplicatedPostgres('synchronous');
  });
  afterAll(async () => {
    await host?.app.close();
    await cluster?.close();
  });

  const refresh = () => host!.client.post('/auth/refresh', { refreshToken });

  it('migrates on the primary, although the standby is named first', async () => {
    const reversed = new URL(cluster.standby);
    const { port } = new URL(cluster.primary);
    const url = `postgres://latchkey@127.0.0.1:${reversed.port},127.0.0.1:${port}${reversed.pathname}`;
    host = await startOwnDatabaseHost({ url });
    expect((await host.client.post('/auth/register', account)).status).toBe(201);
    const login = await host.client.post('/auth/login', account);
    expect(login.status).toBe(200);
    refreshToken = login.body.refreshToken;
  });

  it('answers 503 while there is no primary', async () => {
    await cluster.killPrimary();
    expect((await refresh()).status).toBe(503);
  });

  it('goes on with the sessions on the promoted standby', async () => {
    await cluster.promote();
    const promoted = performance.now();
    let answer = await refresh();
    while (answer.status !== 200 && performance.now() - promoted < USABLE_WITHIN_MS) answer = await refresh();
    expect(answer).toMatchObject({ status: 200 });
    expect((await host!.client.post('/auth/login', account)).status).toBe(200);
    count('standbys promoted');
  });
});
