import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { runCliProcess } from '../support/cli.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { describeWhere } from '../support/describe-where.js';
import { type Gateway, startGateway } from '../support/gateway-process.js';
import { freePort, hasRedis } from '../support/redis.js';
import { query } from '../support/replicated-postgres.js';
import { until } from '../support/until.js';
import { hasEverything, type ProductionSetup, startProductionSetup } from './support/production-setup.js';
import { type ServiceProcess, startBuilt } from './support/service.js';

const describeComplete = describeWhere({
  present: hasEverything && hasRedis,
  missing: 'These Debian packages are needed: postgresql haproxy pgbouncer redis-server',
  skipped: 'the tests of deploy/compose.production.yml',
});

const SECRETS = [
  'JWT_REFRESH_SECRET',
  'KEY_ENCRYPTION_SECRET',
  'PASSWORD_PEPPER',
  'METRICS_TOKEN',
  'REDIS_URL',
];

describeComplete('the files of deploy/compose.production.yml', () => {
  let setup: ProductionSetup;
  let instances: ServiceProcess[] = [];
  let gateway: Gateway;
  let tlsPort: number;
  const settingsFor = (port: number) => ({
    ...Object.fromEntries(SECRETS.map((name) => [`${name}_FILE`, setup.secretFile(name.toLowerCase())])),
    DATABASE_URL_FILE: setup.secretFile('database_url'),
    PUBLIC_URL: 'https://localhost',
    TRUST_PROXY: '127.0.0.1/32',
    HOST: '127.0.0.1',
    PORT: String(port),
    SHUTDOWN_DELAY: '0s',
    BCRYPT_COST: '10',
    MIGRATE: 'off',
  });
  const migrate = () =>
    runCliProcess(['migrate'], { DATABASE_URL_FILE: setup.secretFile('owner_database_url') });

  beforeAll(async () => {
    setup = await startProductionSetup();
    await migrate();
    const ports = [await freePort(), await freePort()];
    instances = await Promise.all(ports.map((port) => startBuilt(settingsFor(port))));
    tlsPort = await freePort();
    gateway = await startGateway('haproxy', '../../deploy/production/haproxy.cfg', {
      'latchkey-1:3000': `127.0.0.1:${ports[0]}`,
      'latchkey-2:3000': `127.0.0.1:${ports[1]}`,
      ':8443': `127.0.0.1:${tlsPort}`,
      '/run/secrets/tls.pem': setup.secretFile('tls.pem'),
    });
    await until(async () => (await call('/.well-known/jwks.json')).status === 200);
  });
  afterAll(async () => {
    await gateway?.end();
    await Promise.all(instances.map((instance) => instance.end('SIGKILL')));
    await setup?.close();
  });

  /** A request over TLS that trusts nobody but the certificate that `secrets.sh` has made. */
  async function call(
    path: string,
    body?: object,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: string }> {
    const ca = readFileSync(setup.secretFile('tls.pem'));
    const sent = request({
      host: '127.0.0.1',
      servername: 'localhost',
      port: tlsPort,
      path,
      ca,
      agent: false,
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': '203.0.113.7', ...headers },
    });
    sent.end(body && JSON.stringify(body));
    return new Promise((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', (response) =>
        text(response).then((all) => resolve({ status: response.statusCode!, body: all }), reject),
      );
    });
  }
  const login = async (email: string) => (await call('/auth/login', { email, password: PASSWORD })).status;

  it('serve accounts over TLS, and send plain requests there', async () => {
    const email = newEmail();
    expect((await call('/auth/register', { email, password: PASSWORD })).status).toBe(201);
    expect(await login(email)).toBe(200);
    const plain = await fetch(`${gateway.url}/auth/login?x=1`, { redirect: 'manual' });
    expect([plain.status, plain.headers.get('location')]).toEqual([
      308,
      expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+\/auth\/login\?x=1$/),
    ]);
  });

  it('keep metrics and health inside, and forget which address a client claims to have', async () => {
    const paths = ['/metrics', '/health/ready', '/health/live', '/audit/events'];
    const spellings = (path: string) => [
      path,
      path.replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
      path.replaceAll(/[a-z]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`),
      path.replaceAll('/', '//'),
      path.replaceAll(/(?!^)\//g, '%2F'),
      `/%2f${path.slice(1)}`,
      path.toUpperCase(),
      `${path};x`,
      `${path}?x`,
      `${path}/`,
    ];
    for (const path of paths.flatMap(spellings)) {
      const { status, body } = await call(path);
      // HAProxy's page: the service, which would answer with JSON, is not asked.
      expect([path, status, body]).toEqual([path, 404, expect.stringContaining('<html>')]);
    }
    expect(instances.map((instance) => instance.output()).join('')).not.toContain('203.0.113.7');
  });

  it('give Redis a user who may do all that the service needs', async () => {
    for (const { client } of instances)
      expect((await client.get('/health/ready')).body).toEqual({ status: 'ok', database: 'up', redis: 'up' });
  });

  it('give the service a role that changes rows, and no tables', async () => {
    const url = setup.secret('database_url');
    const server = url.replace(/,127\.0\.0\.1:\d+/, '').replace(/\?.*/, '');
    await expect(query(server, 'SELECT 1 FROM refresh_tokens LIMIT 1')).resolves.toBeDefined();
    await expect(query(server, 'DROP TABLE refresh_tokens')).rejects.toThrow('must be owner');
    await expect(query(server, 'CREATE TABLE mine (id int)')).rejects.toThrow('permission denied');
  });

  it('have the standby follow through a slot, with a name for synchronous_standby_names', async () => {
    const sql = `SELECT application_name AS name, state, slot_name AS slot FROM pg_stat_replication
      JOIN pg_replication_slots ON active_pid = pid`;
    expect(await setup.asSuperuser('primary', sql)).toEqual([
      { name: 'standby', state: 'streaming', slot: 'standby' },
    ]);
  });

  it('work through PgBouncer in transaction mode, as compose.pgbouncer.yml sets it', async () => {
    const pooled = await startBuilt({
      ...settingsFor(0),
      DATABASE_POOLER: 'transaction',
      DATABASE_URL_FILE: setup.secretFile('pooled_database_url'),
      DATABASE_DIRECT_URL_FILE: setup.secretFile('database_url'),
    });
    try {
      const answer = await pooled.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
      expect(answer.status).toBe(201);
    } finally {
      await pooled.end('SIGKILL');
    }
  });

  it('copy the primary again when a copy was cut off', async () => {
    await setup.cutOffCopy();
    const follows = () => setup.asSuperuser('standby', 'SELECT pg_is_in_recovery() AS follows');
    // It refuses connections for a moment after it has begun to accept them.
    await until(() => follows().then(Boolean, () => false));
    expect(await follows()).toEqual([{ follows: true }]);
  });

  it('go on with the standby when the primary is gone and the standby promoted', async () => {
    const email = newEmail();
    const { accessToken } = JSON.parse(
      (await call('/auth/register', { email, password: PASSWORD })).body,
    ) as { accessToken: string };
    await setup.asSuperuser('primary', `ALTER SYSTEM SET synchronous_standby_names = 'standby'`);
    await setup.asSuperuser('primary', 'SELECT pg_reload_conf()');
    expect(await login(email)).toBe(200); // waits for the standby, which has everything before it then
    await setup.killPrimary();
    const ready = async ({ client }: ServiceProcess) => (await client.get('/health/ready')).status === 200;
    await until(async () => !(await Promise.all(instances.map(ready))).includes(true));
    const headers = { authorization: `Bearer ${accessToken}` };
    // For longer than HAProxy takes to see that none is ready.
    for (const began = performance.now(); performance.now() - began < 4_000;)
      expect((await call('/api/protected', undefined, headers)).status).toBe(200);
    expect(await call('/auth/login', { email, password: PASSWORD })).toMatchObject({
      status: 503,
      body: expect.stringContaining('"UNAVAILABLE"'),
    });
    setup.promoteStandby();
    await until(async () => (await login(email)) === 200);
    expect(await migrate()).toMatchObject({ code: 0 });
  });
});
