// Covers docs/security.md, case 56, 59, 60, 61, 62, 64, 65, 67, 68, 70, 99.
import { Client as Database } from 'pg';
import { ERROR_STATUS } from '../../src/index.js';
import { type Call, newEmail, PASSWORD } from '../support/client.js';
import { linesAbout, logLines } from '../support/logs.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings, type ServiceProcess, startServiceProcess } from '../support/service-process.js';

let database: TestDatabase;
let service: ServiceProcess;
let sql: Database;
let token: string;

beforeAll(async () => {
  database = await createMigratedDatabase();
  service = await startServiceProcess(productionSettings(database.url));
  sql = new Database({ connectionString: database.url });
  await sql.connect();
  const { body } = await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
  token = body.accessToken;
});
afterAll(async () => {
  await sql?.end();
  await service?.end();
  await database?.drop();
});

/** A fingerprint of everything that the service has stored. */
async function stored(): Promise<string> {
  const { rows } = await sql.query(
    `SELECT (SELECT md5(string_agg(u::text, ' ' ORDER BY id)) FROM users u) AS users,
            (SELECT md5(string_agg(r::text, ' ' ORDER BY id)) FROM refresh_tokens r) AS sessions`,
  );
  return JSON.stringify(rows);
}

/** Text that has broken parsers, templates, shells, terminals and databases elsewhere. */
const NAUGHTY = [
  'undefined',
  'null',
  'NaN',
  '1e1000',
  ' leading and trailing ',
  '\\',
  '\\"',
  "'",
  '"',
  '`',
  '<script>alert(1)</script>',
  'javascript:alert(1)',
  '{{7*7}}',
  '${7*7}',
  '<%= 7*7 %>',
  '#{7*7}',
  '%n%n%s%d',
  '%00',
  '%0d%0aSet-Cookie: a=b',
  "' OR '1'='1",
  "'; DROP TABLE users; --",
  '$1',
  '{"$gt": ""}',
  '*)(uid=*))(|(uid=*',
  '$(id)',
  '`id`',
  '../../../etc/passwd',
  '{0}',
  'Ω≈ç√∫˜µ≤≥÷',
  '田中さんにあげて下さい',
  'Ḷ͙͎̯̹̞͓G̻O̭̗̮',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  'مرحبا',
  '\u202etest\u202c',
  '\u200b\u2060\ufeff',
  '\u2028\u2029',
  '\ufffe\uffff',
  'ﬁ ﷽ İ ı ß',
  '\u001b[31mred\u001b[0m',
  'bell\u0007',
  'line\nbreak',
  'carriage\rreturn',
  '\u0000',
  '\u0085',
];

let count = 0;

/** Sends the request and expects an error of the contract, nothing stored, and one line in the log. */
async function expectRefused(path: string, call: Call, codes?: string[]): Promise<void> {
  const id = `bad-input-${++count}`;
  const before = await stored();
  const answer = await service.client.call(path, {
    method: 'POST',
    ...call,
    headers: { ...call.headers, 'x-request-id': id },
  });
  const { error, statusCode, message, details, ...rest } = answer.body as Record<string, unknown>;
  expect(rest).toEqual({ requestId: id });
  expect(ERROR_STATUS).toHaveProperty([String(error)], answer.status);
  expect(statusCode).toBe(answer.status);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(typeof message).toBe('string');
  const namesFields =
    error === 'VALIDATION_FAILED' || (path === '/auth/password' && error === 'INVALID_CREDENTIALS');
  expect(Array.isArray(details)).toBe(namesFields);
  expect(codes ?? [error]).toContain(error);
  expect(await stored()).toBe(before);
  const lines = await linesAbout(service, id);
  expect(lines.filter(({ level }) => level >= 50)).toEqual([]);
  expect(lines.filter(({ msg }) => msg === 'request')).toEqual([
    expect.objectContaining({ level: 30, status: answer.status }),
  ]);
}

/** The routes that read a body, each with a valid one. */
const ROUTES: [string, () => Record<string, unknown>][] = [
  ['/auth/register', () => ({ email: newEmail(), password: PASSWORD, name: 'Ada' })],
  ['/auth/login', () => ({ email: 'nobody@example.com', password: PASSWORD })],
  ['/auth/refresh', () => ({ refreshToken: 'x.y.z' })],
  [
    '/auth/password',
    () => ({ currentPassword: 'not this one at all', newPassword: 'another long sentence' }),
  ],
];

const withToken = (path: string): Call => (path === '/auth/password' ? { token } : {});

describe.each(ROUTES)('%s', (path, good) => {
  it.each([
    'null',
    '[]',
    '[null]',
    '"x"',
    '1',
    'true',
    '{}',
    '{"a":1}',
    '[[]]',
    `[{"email":"a@example.com","password":"${PASSWORD}"}]`,
  ])('JSON that is not an object, or an empty one: %s', async (raw) => {
    const codes =
      path === '/auth/refresh' ? ['VALIDATION_FAILED', 'REFRESH_TOKEN_MISSING'] : ['VALIDATION_FAILED'];
    await expectRefused(path, { ...withToken(path), raw }, codes);
  });

  it('no body at all', async () => {
    const codes = path === '/auth/refresh' ? ['REFRESH_TOKEN_MISSING'] : ['VALIDATION_FAILED'];
    await expectRefused(path, withToken(path), codes);
    await expectRefused(path, { ...withToken(path), headers: { 'content-type': 'application/json' } }, codes);
  });

  it.each([
    '{',
    '{"email":"a@example.com",}',
    `{'email':'a@example.com'}`,
    '{"email":NaN}',
    '{"email":Infinity}',
    '{"email":undefined}',
    '{/* x */"email":"a@example.com"}',
    '{"email":"a"}{"email":"b"}',
    '{"email":"a\nb"}',
    '{"email":"\\x41"}',
    '{"email":01}',
    '{email:"a"}',
    '\uFEFF{}',
    '\0',
    '{}\0',
    ' ',
    '<xml/>',
    'email=a&password=b',
    '{"__proto__":{"isAdmin":true}}',
    '{"\\u005f_proto__":{"isAdmin":true}}',
    '{"constructor":{"prototype":{"isAdmin":true}}}',
    '{"a":{"__proto__":null}}',
  ])('text that is not JSON, or JSON that targets prototypes: %j', async (raw) => {
    await expectRefused(path, { ...withToken(path), raw }, ['MALFORMED_JSON']);
  });

  it.each([
    ['an invalid byte', Buffer.from([0x22, 0xff, 0x22])],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['a truncated character', Buffer.from([0x22, 0xe2, 0x82, 0x22])],
    ['UTF-16', Buffer.from('{"a":1}', 'utf16le')],
  ])('bytes that are not UTF-8: %s', async (_, bytes) => {
    const raw = Buffer.concat([Buffer.from('{"email":'), bytes, Buffer.from('}')]);
    await expectRefused(path, { ...withToken(path), raw }, ['MALFORMED_JSON']);
  });

  const fields = Object.keys(good());
  const values: unknown[] = [
    [],
    ['a@example.com'],
    {},
    { $gt: '' },
    { toString: 'x' },
    { length: 5, toLowerCase: 'x' },
    0,
    -0,
    1e308,
    18446744073709551616,
    true,
    false,
    '\0',
    'a\0b',
    '\ud800',
    '\udc00x',
    'x'.repeat(10_000),
  ];
  it.each(fields.flatMap((field) => values.map((value) => [field, value] as const)))(
    '%s as %j',
    async (field, value) => {
      await expectRefused(path, { ...withToken(path), body: { ...good(), [field]: value } });
    },
  );

  it.each(fields.filter((field) => field !== 'name'))('%s as null or missing', async (field) => {
    const codes = field === 'refreshToken' ? ['REFRESH_TOKEN_MISSING'] : ['VALIDATION_FAILED'];
    for (const value of [null, undefined])
      await expectRefused(path, { ...withToken(path), body: { ...good(), [field]: value } }, codes);
  });

  it('numbers out of any range', async () => {
    for (const number of ['1e400', '-1e400', '-0', '18446744073709551616', '1E3']) {
      const raw = JSON.stringify({ ...good(), [fields[0]!]: '?' }).replace('"?"', number);
      await expectRefused(path, { ...withToken(path), raw }, ['VALIDATION_FAILED']);
    }
  });
});

describe('unexpected members', () => {
  it('are dropped: nobody can give themselves a role at registration', async () => {
    const email = newEmail();
    const body = {
      email,
      password: PASSWORD,
      id: '00000000-0000-4000-8000-000000000000',
      role: 'admin',
      roles: ['admin'],
      permissions: ['*'],
      isAdmin: true,
      emailVerified: true,
      passwordHash: 'x',
      password_hash: 'x',
      disabledAt: null,
      createdAt: '1970-01-01T00:00:00Z',
      tenantId: 'x',
    };
    const answer = await service.client.post('/auth/register', body);
    expect(answer.status).toBe(201);
    expect(answer.body.user).toMatchObject({ email, name: null, roles: [], permissions: [] });
    expect(answer.body.user.id).not.toBe(body.id);
    expect(new Date(answer.body.user.createdAt).getTime()).toBeGreaterThan(Date.now() - 60_000);
    const { rows } = await sql.query('SELECT * FROM users WHERE email = $1', [email]);
    expect(rows).toEqual([
      expect.objectContaining({ roles: [], permissions: [], password_hash: expect.stringMatching(/^lk1\$/) }),
    ]);
  });

  it('if a member appears twice, the last one counts on every route', async () => {
    const [first, last] = [newEmail(), newEmail()];
    const twice = (path: string) =>
      service.client.call(path, { raw: `{"email":"${first}","email":"${last}","password":"${PASSWORD}"}` });
    expect((await twice('/auth/register')).body.user.email).toBe(last);
    expect((await twice('/auth/login')).body.user.email).toBe(last);
  });

  it.each(['then', 'toJSON', 'constructor', 'hasOwnProperty', 'valueOf', '$where'])(
    'a member named %s is treated like any other',
    async (name) => {
      const answer = await service.client.post('/auth/register', {
        email: newEmail(),
        password: PASSWORD,
        [name]: 'x',
      });
      expect(answer.status).toBe(201);
    },
  );

  it('query parameters are not read either', async () => {
    const query = '__proto__[x]=1&constructor[prototype][x]=1&constructor.prototype.x=1&then=1&a[]=1&a[0]=2';
    expect((await service.client.get(`/health/live?${query}`)).body).toEqual({ status: 'ok' });
  });
});

describe('naughty strings', () => {
  it('are stored byte for byte as a name, or refused', async () => {
    for (const name of NAUGHTY) {
      const answer = await service.client.post('/auth/register', {
        email: newEmail(),
        password: PASSWORD,
        name,
      });
      const { rows } = await sql.query('SELECT name FROM users WHERE id = $1', [answer.body.user?.id]);
      const fits = !/[\p{Cc}\u200b\u2028\u2029\u202e]/u.test(name);
      expect([name, answer.status, rows]).toEqual([name, fits ? 201 : 400, fits ? [{ name }] : []]);
    }
  });

  it.each([
    ['only blanks', ' \u3000', 'name must contain a visible character'],
    ['text that reverses what follows', 'Ada \u202ecod.exe', 'name must be text without'],
    ['a lone surrogate', 'Ada\ud800', 'name must be text without'],
    ['too long', 'x'.repeat(201), 'name must have at most 200 characters'],
    ['not text', { first: 'Ada' }, 'name must be text'],
  ])('a name that is %s is refused, naming the field', async (_, name, message) => {
    const account = { email: newEmail(), password: PASSWORD, name };
    const answer = await service.client.post('/auth/register', account);
    expect([answer.status, answer.body.error]).toEqual([400, 'VALIDATION_FAILED']);
    expect(answer.body.details).toEqual([{ field: 'name', message: expect.stringContaining(message) }]);
  });

  it.each(['email', 'password', 'refreshToken'])(
    'leave no trace as %s next to another invalid field',
    async (field) => {
      const before = await stored();
      for (const value of NAUGHTY) {
        const path = field === 'refreshToken' ? '/auth/refresh' : '/auth/register';
        const body = { email: 'no address', password: 'short', [field]: value };
        const { status } = await service.client.post(path, body);
        expect([value, Math.floor(status / 100)]).toEqual([value, 4]);
      }
      expect(await stored()).toBe(before);
    },
  );

  it.each([
    'a@example.com\r\nBcc: b@example.com',
    'a@example.com,b@example.com',
    '<a@example.com>',
    'a@b@example.com',
    '"a b"@example.com',
    'a@[127.0.0.1]',
    'a@example.com.',
    ' a@example.com',
    'a@example.com ',
    'a(comment)@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(250)}.com`,
    'а@example.com',
    'a\u200b@example.com',
    'a\u202e@example.com',
    'a@localhost',
    'a%40example.com',
  ])('%j is not an address', async (email) => {
    await expectRefused('/auth/register', { body: { email, password: PASSWORD } }, ['VALIDATION_FAILED']);
    await expectRefused('/auth/login', { body: { email, password: PASSWORD } }, ['INVALID_CREDENTIALS']);
  });

  it('an address of any length is judged quickly', async () => {
    const began = performance.now();
    for (const email of [
      'a'.repeat(15_000),
      `${'a.'.repeat(7000)}@example.com`,
      `a@${'b-'.repeat(7000)}.com`,
    ])
      await expectRefused('/auth/register', { body: { email, password: PASSWORD } }, ['VALIDATION_FAILED']);
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('spellings of the same address belong to one account', async () => {
    const email = newEmail();
    expect((await service.client.post('/auth/register', { email, password: PASSWORD })).status).toBe(201);
    await expectRefused('/auth/register', { body: { email: email.toUpperCase(), password: PASSWORD } }, [
      'EMAIL_TAKEN',
    ]);
    const login = await service.client.post('/auth/login', {
      email: email.toUpperCase(),
      password: PASSWORD,
    });
    expect(login.body.user.email).toBe(email);
  });
});

describe('headers', () => {
  it.each(['Bearer', 'Bearer ', 'Basic YTpi', 'Digest x', 'bearer', 'x'])(
    'Authorization: %j counts as no token',
    async (authorization) => {
      await expectRefused('/auth/me', { method: 'GET', headers: { authorization } }, ['TOKEN_MISSING']);
    },
  );

  it.each([
    'Bearer a b',
    'bearer x',
    'Bearer a.b.c',
    'Bearer a, Bearer b',
    `Bearer ${'x'.repeat(7000)}`,
    'Bearer ä',
  ])('Authorization: %j is an invalid token', async (authorization) => {
    await expectRefused('/auth/me', { method: 'GET', headers: { authorization } }, ['INVALID_TOKEN']);
  });

  it.each([
    '__Host-access=',
    '__Host-access=a b',
    '__Host-access=%00',
    '__Host-access="x"',
    '=',
    ';;;',
    '__Host-access=x; __Host-access=y',
  ])('Cookie: %j is not a session', async (cookie) => {
    await expectRefused('/auth/me', { method: 'GET', cookie }, ['TOKEN_MISSING', 'INVALID_TOKEN']);
    await expectRefused('/auth/refresh', { cookie: cookie.replaceAll('access', 'refresh') }, [
      'REFRESH_TOKEN_MISSING',
      'INVALID_REFRESH_TOKEN',
      'CSRF_REJECTED',
    ]);
  });

  it.each(['COOKIE', 'cookie ', 'cookie, body', 'x'.repeat(5000), '["cookie"]'])(
    'X-Auth-Transport: %j breaks nothing',
    async (transport) => {
      const body = { email: newEmail(), password: PASSWORD };
      const answer = await service.client.post('/auth/register', body, {
        headers: { 'x-auth-transport': transport },
      });
      expect(answer.status).toBe(201);
    },
  );

  it.each(['"}{"level":60', '\t\t', '%s %d %o', 'x'.repeat(6000), '\u00ff\u00fe', '{"msg":"forged"}'])(
    'User-Agent: %j becomes one line in the log and plain text in the session list',
    async (userAgent) => {
      const id = `agent-${++count}`;
      const headers = { 'user-agent': userAgent, 'x-request-id': id };
      const answer = await service.client.post(
        '/auth/register',
        { email: newEmail(), password: PASSWORD },
        { headers },
      );
      expect(answer.status).toBe(201);
      expect((await linesAbout(service, id)).filter(({ msg }) => msg === 'request')).toHaveLength(1);
      const sessions = await service.client.get('/auth/sessions', { token: answer.body.accessToken });
      expect(sessions.body).toHaveLength(1);
    },
  );

  it.each([
    'x',
    'x'.repeat(200),
    'null',
    '00000000-0000-4000-8000-00000000000',
    `' OR 1=1`,
    '%00',
    '%F0%9F%92%A9',
    '..%2F..',
  ])('the session id %j is 404', async (id) => {
    await expectRefused(`/auth/sessions/${id}`, { method: 'DELETE', token }, ['NOT_FOUND']);
  });
});

it('after all this, the next valid call works and no line of the log is an error', async () => {
  const { status } = await service.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
  expect(status).toBe(201);
  expect(logLines(service).filter(({ level }) => level >= 50)).toEqual([]);
  expect(service.process.exitCode).toBeNull();
});
