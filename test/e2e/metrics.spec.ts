// Covers docs/security.md, case 129.
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newEmail, PASSWORD } from '../support/client.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { metricNames, seriesNames, valueOf } from '../support/promql.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';

const DEPLOY = join(import.meta.dirname, '../../deploy');
const BEARER = 'a-token-for-reading-the-metrics';

interface Panel {
  targets?: { expr: string }[];
}

const dashboard = JSON.parse(readFileSync(join(DEPLOY, 'grafana-dashboard.json'), 'utf8')) as {
  panels: Panel[];
};
const onDashboard = dashboard.panels.flatMap(({ targets = [] }) =>
  targets.flatMap(({ expr }) => metricNames(expr)),
);
const alertRules = readFileSync(join(DEPLOY, 'prometheus-alerts.yml'), 'utf8');
const inAlerts = [...alertRules.matchAll(/expr: >-\n((?: {10}.*\n)+)/g)].flatMap(([, expr]) =>
  metricNames(expr!),
);

describe('the metrics of a running service', () => {
  let database: TestDatabase;
  let service: ServiceProcess;
  beforeAll(async () => {
    database = await createMigratedDatabase();
    service = await startServiceProcess({
      ...productionSettings(database.url),
      METRICS_TOKEN: BEARER,
      // An address that is refused, so that nothing is sent.
      AUDIT_WEBHOOK_URL: 'https://127.0.0.1/audit',
      // Nobody is there, and nothing is sent.
      SMTP_URL: 'smtp://127.0.0.1:9',
      MAIL_FROM: 'no-reply@example.com',
      EMAIL_VERIFICATION: 'optional',
      AUDIT_WEBHOOK_SECRET: randomBytes(36).toString('base64url'),
    });
  });
  afterAll(async () => {
    await service.end();
    await database.drop();
  });

  const metrics = async (token = BEARER) => (await service.client.get('/metrics', { token })).body as string;

  it('are available to the bearer of METRICS_TOKEN; everyone else gets 404', async () => {
    const good = await service.client.get('/metrics', { token: BEARER });
    expect(good.status).toBe(200);
    expect(good.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const others = [undefined, 'wrong', `${BEARER}x`, BEARER.slice(1), BEARER.toUpperCase()];
    for (const token of others) {
      const answer = await service.client.get('/metrics', { token });
      expect([answer.status, answer.body.error]).toEqual([404, 'NOT_FOUND']);
    }
    const basic = Buffer.from(`:${BEARER}`).toString('base64');
    const answer = await service.client.get('/metrics', { headers: { authorization: `Basic ${basic}` } });
    expect(answer.status).toBe(404);
    expect((await service.client.get(`/metrics?token=${BEARER}`)).status).toBe(404);
  });

  it('count logins, refreshes, revocations and requests', async () => {
    const { client } = service;
    const before = await metrics();
    const account = { email: newEmail(), password: PASSWORD };
    await client.post('/auth/register', account);
    await client.post('/auth/login', { ...account, password: 'a wrong sentence of mine' });
    const login = (await client.post('/auth/login', account)).body;
    const next = (await client.post('/auth/refresh', { refreshToken: login.refreshToken })).body;
    await client.post('/auth/refresh', { refreshToken: next.refreshToken });
    await client.post('/auth/refresh', { refreshToken: login.refreshToken }); // reuse
    await client.post('/auth/refresh', { refreshToken: 'nonsense' });
    await client.get('/no/such/route/as-this');
    const after = await metrics();
    const rise = (series: string) => valueOf(after, series) - valueOf(before, series);
    const expected: Record<string, number> = {
      latchkey_registrations_total: 1,
      'latchkey_logins_total{outcome="success"}': 1,
      'latchkey_logins_total{outcome="failed"}': 1,
      'latchkey_refreshes_total{outcome="rotated"}': 2,
      'latchkey_refreshes_total{outcome="reused"}': 1,
      'latchkey_refreshes_total{outcome="invalid"}': 1,
      'latchkey_revocations_total{reason="reuse"}': 1,
      'latchkey_alerts_total{rule="refresh-token-reused"}': 1,
    };
    expect(Object.fromEntries(Object.keys(expected).map((name) => [name, rise(name)]))).toEqual(expected);
    const requests = (method: string, route: string, status: number) =>
      valueOf(
        after,
        `latchkey_http_request_duration_seconds_count{method="${method}",route="${route}",status="${status}"}`,
      );
    expect(requests('POST', '/auth/refresh', 200)).toBe(2);
    expect(requests('GET', 'unknown', 404)).toBeGreaterThan(0);
    expect(after).not.toContain('as-this');
  });

  it('contain every limit from the start, including the one for accounts, so that a first refusal shows as an increase', async () => {
    const page = await metrics();
    const limits = [
      'register',
      'login',
      'refresh',
      'logout',
      'password',
      'mails',
      'challenges',
      'clients',
      'account',
    ];
    for (const limit of limits)
      expect([limit, valueOf(page, `latchkey_throttled_total{limit="${limit}"}`)]).toEqual([limit, 0]);
  });

  it('time only the verifications that were not cached', async () => {
    const { client } = service;
    const { accessToken } = (await client.post('/auth/register', { email: newEmail(), password: PASSWORD }))
      .body;
    const before = valueOf(await metrics(), 'latchkey_token_verification_seconds_count');
    for (let i = 0; i < 5; i++) await client.get('/api/protected', { token: accessToken });
    expect(valueOf(await metrics(), 'latchkey_token_verification_seconds_count')).toBe(before + 1);
  });

  it('report the state of the service', async () => {
    const page = await metrics();
    expect(valueOf(page, 'latchkey_sessions_live')).toBeGreaterThanOrEqual(0);
    expect(valueOf(page, 'latchkey_database_connections{state="total"}')).toBeGreaterThan(0);
    expect(valueOf(page, 'latchkey_revocation_lag_seconds')).toBeLessThan(5);
    expect(valueOf(page, 'latchkey_database_connections{state="waiting"}')).toBe(0);
    expect(valueOf(page, 'latchkey_hashing_waiting')).toBe(0);
    expect(valueOf(page, 'latchkey_signing_keys')).toBe(1);
    expect(valueOf(page, 'latchkey_database_listen_up')).toBe(1);
    expect(valueOf(page, 'latchkey_cleanup_age_seconds')).toBeGreaterThan(0);
    expect(page).toMatch(/^latchkey_build_info\{version="\d[^"]*",node="\d[^"]*"\} 1$/m);
    expect(valueOf(page, 'latchkey_instances')).toBe(1);
    expect(valueOf(page, 'latchkey_secret_waiting{secret="refresh"}')).toBe(0);
  });

  it('are all on the dashboard, and the dashboard and alert rules name no others', async () => {
    // This service uses no Redis, and its key is not of a ring.
    const elsewhere = ['redis_up', 'signing_key_age_seconds', 'signing_key_rotation_seconds'];
    const exposed = [...seriesNames(await metrics()), ...elsewhere.map((name) => `latchkey_${name}`)];
    expect(onDashboard.length).toBeGreaterThan(20);
    expect(inAlerts.length).toBeGreaterThan(10);
    const named = [...new Set([...onDashboard, ...inAlerts])].filter((name) => name !== 'up');
    expect(named.filter((name) => !exposed.includes(name))).toEqual([]);
    const base = (name: string) => name.replace(/_(bucket|sum|count)$/, '');
    const shown = new Set(onDashboard.map(base));
    const ours = exposed.filter((name) => name.startsWith('latchkey_')).map(base);
    expect([...new Set(ours)].filter((name) => !shown.has(name))).toEqual([]);
  });

  it('contain nothing that was sent, and neither do events and the log', async () => {
    const { client } = service;
    const canary = (name: string) => `canary-${name}-3f9a`;
    const secrets = ['password', 'refresh', 'access', 'cookie', 'agent-token', 'path', 'query', 'name'];
    const email = `${canary('email')}@example.com`;
    const account = { email, password: canary('password'), name: canary('name') };
    const headers = { cookie: `__Host-refresh=${canary('cookie')}`, 'x-token': canary('agent-token') };
    const registered = (await client.post('/auth/register', account, { headers })).body;
    await client.post('/auth/login', { ...account, password: canary('password') + '!' }, { headers });
    const { accessToken, refreshToken } = (await client.post('/auth/login', account, { headers })).body;
    await client.post('/auth/refresh', { refreshToken: canary('refresh') }, { headers });
    await client.post('/auth/refresh', { refreshToken });
    await client.get(`/api/protected?x=${canary('query')}`, { token: canary('access') });
    await client.get(`/${canary('path')}`);
    const change = { currentPassword: account.password, newPassword: `${canary('password')} and more` };
    await client.post('/auth/password', change, { token: accessToken });
    const events = (await client.get('/auth/events?limit=100', { token: accessToken })).body;
    expect(events.length).toBeGreaterThan(3);

    const rows = await rowsOf(database.url);
    const seen = [JSON.stringify(events), JSON.stringify(rows), await metrics(), service.output()].join('\n');
    const tokens = [accessToken, refreshToken, registered.accessToken, registered.refreshToken] as string[];
    const planted = [
      ...secrets.map(canary),
      email,
      ...tokens,
      ...tokens.map((token) => token.split('.')[2]!),
    ];
    expect(planted.filter((secret) => seen.includes(secret))).toEqual([]);
    expect(JSON.stringify(rows)).toContain('c***@example.com');
  });
});

async function rowsOf(url: string): Promise<unknown[]> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SELECT * FROM auth_events');
  await client.end();
  return rows;
}
