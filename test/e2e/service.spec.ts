// Covers docs/security.md, case 97, 128, 129.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as Database } from 'pg';
import { explainFailedStart } from '../../src/service/report-failed-start.js';
import { type Answer, type Client, cookieHeader, newEmail, PASSWORD } from '../support/client.js';
import { linesAbout, logLines } from '../support/logs.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { startServiceHere } from '../support/service-here.js';
import {
  productionSettings,
  runService,
  type ServiceProcess,
  startServiceProcess,
} from '../support/service-process.js';
import { until } from '../support/until.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

/** Runs a service that is expected not to start, as a separate process. */
async function failedStart(settings: Record<string, string>): Promise<{ code: number; text: string }> {
  const child = runService(settings);
  let text = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  return { code, text };
}

/** Returns what it would print, within this process. */
async function reasonNotToStart(settings: Record<string, string>): Promise<string> {
  const started = await startServiceHere(settings).catch((error: unknown) => explainFailedStart(error));
  if (typeof started === 'string') return started;
  await started.end();
  throw new Error('It has started.');
}

describe('the service in production', () => {
  let service: ServiceProcess;
  beforeAll(async () => {
    service = await startServiceProcess({
      ...productionSettings(database.url),
      LOG_LEVEL: 'trace',
      JWT_ACCES_TTL: 'canary',
    });
  });
  afterAll(() => service?.end());

  it('warns of a variable nobody reads, and not of its value', () => {
    expect(service.output()).toContain(
      '"JWT_ACCES_TTL is unknown and does nothing: did you mean JWT_ACCESS_TTL?"',
    );
    expect(service.output()).not.toContain('canary');
  });

  it('is alive and ready', async () => {
    expect((await service.client.get('/health/live')).body).toEqual({ status: 'ok' });
    expect((await service.client.get('/health/ready')).body).toMatchObject({ status: 'ok', database: 'up' });
  });

  it('registers, logs in, guards, refreshes and logs out, with tokens in the body', async () => {
    const email = newEmail();
    const registered = await service.client.post('/auth/register', {
      email,
      password: PASSWORD,
      name: 'Ada',
    });
    expect(registered.status).toBe(201);
    expect(registered.cookies).toEqual({});
    expect(registered.body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 900,
      refreshExpiresIn: 604_800,
      sessionExpiresAt: expect.stringMatching(/Z$/),
      user: {
        id: expect.any(String),
        email,
        name: 'Ada',
        roles: [],
        permissions: [],
        createdAt: expect.any(String),
      },
    });

    const login = await service.client.post('/auth/login', { email, password: PASSWORD });
    expect([login.status, login.body.user.id]).toEqual([200, registered.body.user.id]);
    const guarded = await service.client.get('/api/protected', { token: login.body.accessToken });
    expect(guarded.body).toEqual({ message: expect.any(String), user: registered.body.user });

    const { refreshToken } = login.body;
    const refreshed = await service.client.post('/auth/refresh', { refreshToken });
    expect(refreshed.status).toBe(200);
    expect(refreshed.body.refreshToken).not.toBe(refreshToken);
    expect(Object.keys(refreshed.body)).not.toContain('user');

    expect(
      (await service.client.post('/auth/logout', { refreshToken: refreshed.body.refreshToken })).status,
    ).toBe(204);
    const after = await service.client.get('/api/protected', { token: refreshed.body.accessToken });
    expect([after.status, after.body.error]).toEqual([401, 'TOKEN_REVOKED']);
    expect(after.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    const dead = await service.client.post('/auth/refresh', { refreshToken: refreshed.body.refreshToken });
    expect([dead.status, dead.body.error]).toEqual([401, 'TOKEN_REVOKED']);
  });

  it('does the same with cookies that scripts cannot read and only HTTPS carries', async () => {
    const email = newEmail();
    // As the service's own pages would send it.
    const headers = { 'x-auth-transport': 'cookie', 'sec-fetch-site': 'same-origin' };
    const inCookies = (answer: Answer, lifetimes: [number, number]) => {
      for (const [name, maxAge] of [
        ['__Host-access', lifetimes[0]],
        ['__Host-refresh', lifetimes[1]],
      ] as const) {
        expect([...answer.cookies[name]!.attributes].sort()).toEqual(
          ['httponly', `max-age=${maxAge}`, 'path=/', 'samesite=lax', 'secure'].sort(),
        );
      }
    };
    const registered = await service.client.post(
      '/auth/register',
      { email, password: PASSWORD },
      { headers },
    );
    expect(registered.status).toBe(201);
    expect(Object.keys(registered.body).sort()).toEqual([
      'expiresIn',
      'refreshExpiresIn',
      'sessionExpiresAt',
      'user',
    ]);
    inCookies(registered, [900, 604_800]);

    const cookie = cookieHeader(registered);
    expect((await service.client.get('/api/protected', { cookie })).status).toBe(200);
    const refreshed = await service.client.post('/auth/refresh', undefined, { cookie, headers });
    expect(refreshed.status).toBe(200);
    expect(Object.keys(refreshed.body).sort()).toEqual(['expiresIn', 'refreshExpiresIn', 'sessionExpiresAt']);
    inCookies(refreshed, [900, 604_800]);

    const gone = await service.client.post('/auth/logout', undefined, {
      cookie: cookieHeader(refreshed),
      headers,
    });
    expect(gone.status).toBe(204);
    inCookies(gone, [0, 0]);
    expect((await service.client.get('/api/protected', { cookie: cookieHeader(refreshed) })).body.error).toBe(
      'TOKEN_REVOKED',
    );
  });

  it('serves no API documentation', async () => {
    for (const path of ['/docs', '/docs/', '/docs/swagger-ui.css', '/openapi.json'])
      expect((await service.client.get(path)).status).toBe(404);
  });

  it('without METRICS_TOKEN, has no metrics for anyone', async () => {
    for (const authorization of ['Bearer undefined', 'Bearer ', ''])
      expect((await service.client.get('/metrics', { headers: { authorization } })).status).toBe(404);
  });

  it('ignores a token in a URL and keeps it out of the log', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const { accessToken } = (await service.client.post('/auth/register', account)).body;
    const { body } = await service.client.get(`/api/protected?access_token=${accessToken}`);
    expect(body.error).toBe('TOKEN_MISSING');
    const headers = { 'x-request-id': 'token-in-path' };
    await service.client.get(`/nowhere/${accessToken}`, { headers });
    await linesAbout(service, 'token-in-path');
    for (const part of accessToken.split('.').slice(1)) expect(service.output()).not.toContain(part);
  });

  describe('whatever is sent', () => {
    const canaries: string[] = [];
    /** Recorded, so that everything sent can be searched for in the output. */
    const canary = (text: string) => {
      canaries.push(text);
      return text;
    };
    let sql: Database;
    beforeAll(async () => {
      sql = new Database({ connectionString: database.url });
      await sql.connect();
    });
    afterAll(() => sql.end());

    it('no secret appears in other answers or the log, not even when a database error carries it', async () => {
      const { client } = service;
      const password = canary('the canary in the coal mine');
      const email = canary('canary-ada@example.com');
      const registered = await client.post('/auth/register', {
        email,
        password,
        name: canary('Canary Name'),
      });
      for (const transport of ['body', 'cookie'])
        await client.post('/auth/login', { email, password }, { headers: { 'x-auth-transport': transport } });
      const tokens = registered.body as { accessToken: string; refreshToken: string };
      canary(tokens.accessToken);
      canary(tokens.refreshToken);
      const refreshed = await client.post('/auth/refresh', { refreshToken: tokens.refreshToken });
      canary(refreshed.body.refreshToken);
      await client.post(
        '/auth/password',
        { currentPassword: canary('canary-wrong'), newPassword: canary('canary of the new kind') },
        { token: tokens.accessToken },
      );

      const answers = [
        await client.post('/auth/login', { email, password: canary('canary wrong password') }),
        await client.post('/auth/login', { email: canary('canary@nowhere'), password: canary('canary-x') }),
        await client.post('/auth/register', { email, password }),
        await client.post('/auth/register', {
          email: canary('canary no address'),
          password: canary('canary'),
        }),
        await client.call('/auth/login', { raw: `{"password":"${canary('canary-json')}",}` }),
        await client.call('/auth/login', {
          raw: canary('canary=form'),
          headers: { 'content-type': 'text/plain' },
        }),
        await client.get(`/auth/me?access_token=${canary('canary-query')}`),
        await client.get(`/nowhere/${canary('canary-path')}`),
        await client.get('/auth/me', { token: canary('canary.token.x') }),
        await client.get('/auth/me', { headers: { authorization: `Basic ${canary('Y2FuYXJ5')}` } }),
        await client.get('/auth/me', {
          cookie: `__Host-access=${canary('canary-cookie')}; session=${canary('canary-other')}`,
        }),
        await client.get('/auth/me', { headers: { 'x-request-id': canary('canary id') } }),
        await client.post('/auth/refresh', { refreshToken: canary('canary-refresh') }),
        await client.post('/oauth/introspect', undefined, {
          headers: { authorization: `Basic ${btoa(`id:${canary('canary-client')}`)}` },
        }),
      ];

      // What the driver throws includes the rejected row and the parameters of the statement.
      await sql.query('ALTER TABLE users ADD CONSTRAINT closed CHECK (false) NOT VALID');
      answers.push(
        await client.post('/auth/register', {
          email: canary('canary-row@example.com'),
          password,
          name: canary('Canary Row'),
        }),
      );
      await sql.query('ALTER TABLE users DROP CONSTRAINT closed');
      await sql.query('ALTER TABLE users RENAME COLUMN email TO elsewhere');
      answers.push(await client.post('/auth/login', { email, password }));
      await sql.query('ALTER TABLE users RENAME COLUMN elsewhere TO email');
      expect(answers.slice(-2).map(({ status, body }) => [status, body.error])).toEqual([
        [500, 'INTERNAL_ERROR'],
        [500, 'INTERNAL_ERROR'],
      ]);

      const { rows } = await sql.query('SELECT password_hash FROM users');
      for (const row of rows as { password_hash: string }[]) canary(row.password_hash);
      const said = answers.map(({ body }) => JSON.stringify(body)).join('\n');
      expect(canaries.filter((text) => said.includes(text))).toEqual([]);
      expect(canaries.filter((text) => service.output().includes(text))).toEqual([]);
      expect(said).not.toMatch(/node_modules|\bat \w+ \(|SELECT|INSERT/);
    });

    it('every event is one line of JSON with its request id, and the cause of an error can be found', async () => {
      const logged = () => logLines(service).filter(({ msg }) => msg === 'request');
      // A request is logged after its answer, so its line may not be there yet.
      await until(() => logged().filter(({ status }) => status === 500).length >= 2);
      const requests = logged();
      expect(requests.length).toBeGreaterThan(20);
      for (const line of requests) {
        expect(Object.keys(line).sort()).toEqual([
          'ip',
          'level',
          'method',
          'ms',
          'msg',
          'requestId',
          'route',
          'status',
          'time',
        ]);
        expect(line.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
      }
      const errors = logLines(service).filter(({ level }) => level === 50);
      expect(errors).toEqual([
        expect.objectContaining({
          err: expect.objectContaining({ code: '23514', constraint: 'closed', table: 'users' }),
        }),
        expect.objectContaining({ err: expect.objectContaining({ code: '42703' }) }),
      ]);
      const failed = requests.filter(({ status }) => status === 500).map(({ requestId }) => requestId);
      expect(errors.map(({ requestId }) => requestId)).toEqual(failed);
    });
  });

  it('stops on SIGTERM with code 0, and has printed only log lines', async () => {
    expect(await service.end('SIGTERM')).toBe(0);
    expect(logLines(service).at(-1)?.msg).toMatch(/SIGTERM/);
  });
});

describe('docs', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'latchkey-service-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each<[string, () => Record<string, string>, boolean]>([
    [
      'in development',
      () => ({
        NODE_ENV: 'development',
        DATABASE_URL: database.url,
        PORT: '0',
        DATA_DIR: join(folder, 'dev'),
      }),
      false,
    ],
    ['in production with DOCS=on', () => ({ ...productionSettings(database.url), DOCS: 'on' }), true],
  ])('are served %s, under a policy that lets them work', async (_, settings, hsts) => {
    const service = await startServiceHere(settings());
    try {
      const page = await service.client.get('/docs');
      expect(page.status).toBe(200);
      expect(page.headers.get('content-type')).toMatch(/^text\/html/);
      expect(page.headers.get('content-security-policy')).toMatch(
        /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/,
      );
      expect(page.headers.get('content-security-policy')).not.toMatch(
        /script-src[^;]*unsafe|upgrade-insecure-requests/,
      );
      // What that policy would block.
      expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>\s*\S|https?:\/\/(?!www\.w3\.org)|\son\w+=/);
      expect(page.headers.has('strict-transport-security')).toBe(hsts);
      for (const [, file] of (page.body as string).matchAll(/(?:src|href)="\.(\/docs\/[^"]+)"/g))
        expect([file, (await service.client.get(file!)).status]).toEqual([file, 200]);

      const metrics = await service.client.get('/metrics');
      expect(metrics.status).toBe(hsts ? 404 : 200);
      expect(JSON.stringify(metrics.body).includes('latchkey_logins_total')).toBe(!hsts);
      const document = await service.client.get('/openapi.json');
      expect(document.body.openapi).toMatch(/^3\./);
      expect(Object.keys(document.body.paths as object)).toEqual(
        expect.arrayContaining([
          '/auth/register',
          '/auth/login',
          '/auth/refresh',
          '/auth/logout',
          '/api/protected',
          '/health/ready',
        ]),
      );
      expect(document.body.paths).not.toHaveProperty(['/metrics']);
      await expectTruth(service.client, document.body.paths);
      for (const path of [
        '/docs/..%2f..%2fpackage.json',
        '/docs/%2e%2e/%2e%2e/package.json',
        '/docs/nothing.js',
        '/docs/%00',
        '/docs//index.html',
      ]) {
        const answer = await service.client.get(path);
        expect([path, answer.status, answer.body.error]).toEqual([path, 404, 'NOT_FOUND']);
      }
    } finally {
      await service.end();
    }
  });
});

describe('a service that cannot start', () => {
  it('reports all configuration problems together, prints no secret, and exits with code 1', async () => {
    const { code, text } = await failedStart({
      DATABASE_URL: 'mysql://user:canary@host/db',
      PUBLIC_URL: 'http://canary.example.com',
      JWT_REFRESH_SECRET: 'canary-secret',
      JWT_ACCESS_PRIVATE_KEY: 'canary-key',
      PORT: 'canary-port',
      BCRYPT_COST: '4',
      CORS_ORIGINS: '*',
    });
    expect(code).toBe(1);
    for (const name of [
      'DATABASE_URL',
      'PUBLIC_URL',
      'JWT_REFRESH_SECRET',
      'JWT_ACCESS_PRIVATE_KEY',
      'PORT',
      'BCRYPT_COST',
      'CORS_ORIGINS',
    ])
      expect(text).toMatch(new RegExp(`^ {2}- ${name} `, 'm'));
    expect(text).not.toMatch(/canary|\bat .*\.[jt]s:/);
  });

  it('without NODE_ENV, neither generates secrets nor starts an embedded database', async () => {
    const reason = await reasonNotToStart({});
    for (const name of ['DATABASE_URL', 'PUBLIC_URL', 'JWT_REFRESH_SECRET', 'JWT_ACCESS_PRIVATE_KEY'])
      expect(reason).toContain(`${name} is missing`);
  });

  it('names the address that it needs outside development', async () => {
    const { PUBLIC_URL: _, ...settings } = productionSettings('postgres://127.0.0.1:1/latchkey');
    for (const NODE_ENV of ['', 'production', 'test'])
      expect(await reasonNotToStart({ ...settings, NODE_ENV })).toMatch(
        /- PUBLIC_URL is missing: the address of the service as clients see it, such as https:/,
      );
  });

  it('reports a pepper that is too short before it opens anything', async () => {
    const nowhere = productionSettings('postgres://latchkey:canary@127.0.0.1:1/latchkey');
    const reason = await reasonNotToStart({ ...nowhere, PASSWORD_PEPPER: 'canary' });
    expect(reason).toMatch(/- PASSWORD_PEPPER /);
    expect(reason).not.toContain('canary');
  });

  it('reports that the database does not respond', async () => {
    const reason = await reasonNotToStart(
      productionSettings('postgres://latchkey:canary@127.0.0.1:1/latchkey'),
    );
    expect(reason).toMatch(/The database does not answer: check DATABASE_URL/);
    expect(reason).not.toMatch(/canary|\bat .*\.[jt]s:/);
  });

  it('reports that the database does not exist, or that the password is wrong', async () => {
    const [missing, refused] = [new URL(database.url), new URL(database.url)];
    missing.pathname = '/no_such_database';
    refused.password = 'canary';
    expect(await reasonNotToStart(productionSettings(missing.href))).toMatch(
      /does not exist: create it first/,
    );
    const reason = await reasonNotToStart(productionSettings(refused.href));
    expect(reason).toMatch(/rejects the user or password in DATABASE_URL/);
    expect(reason).not.toMatch(/canary|\bat .*\.[jt]s:/);
  });

  it.each(['localhost:3000', '999.1.1.1', '192.0.2.1'])(
    'reports that it cannot listen on HOST=%s',
    async (host) => {
      const reason = await reasonNotToStart({ ...productionSettings(database.url), HOST: host });
      expect(reason).toMatch(/HOST must be an address of this machine/);
      expect(reason).not.toMatch(/DATABASE_URL|\bat .*\.[jt]s:/);
    },
  );

  it('reports that the port is in use', async () => {
    const first = await startServiceHere(productionSettings(database.url));
    const { port } = new URL(first.client.url);
    const { code, text } = await failedStart({ ...productionSettings(database.url), PORT: port });
    await first.end();
    expect(code).toBe(1);
    expect(text).toMatch(/Another program listens on that port: stop it, or choose another with PORT=/);
    expect(text).not.toMatch(/\bat .*\.[jt]s:/);
  });
});

type Documented = Record<string, Record<string, { responses: Record<string, { content?: object }> }>>;

/** Clients get exactly the errors that the document describes. */
async function expectTruth(client: Client, paths: Documented): Promise<void> {
  const json = { 'content-type': 'application/json' };
  const bodies: [Record<string, string>, string][] = [
    [json, '{'],
    [json, JSON.stringify({ refreshToken: 'x'.repeat(20_000) })],
    [{ 'content-type': 'text/plain' }, 'x'],
    [json, '{}'],
    [json, '{"refreshToken":5}'],
  ];
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { responses }] of Object.entries(methods)) {
      for (const [headers, body] of method === 'get' ? [[{}, undefined] as const] : bodies) {
        const url = client.url + path.replace('{id}', randomUUID());
        const answer = await fetch(url, { method: method.toUpperCase(), headers, body });
        const { error } = (await answer.json().catch(() => ({}))) as { error?: string };
        const asked = [method, path, body?.slice(0, 30), answer.status];
        const documented = JSON.stringify(responses[answer.status] ?? 'nothing');
        expect([asked, documented]).toEqual([asked, expect.stringContaining(error ?? '"description"')]);
      }
    }
  }
}
