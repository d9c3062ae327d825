// What every host must do, asked over HTTP, one after the other: each question goes on from those before it.
import assert from 'node:assert/strict';

const PASSWORD = 'a long sentence of mine';
const LEEWAY_MS = 1_500; // more than that of the hosts

const OUR_TABLES = [
  'auth_accounts',
  'auth_actions',
  'auth_audit_dead_letters',
  'auth_audit_receivers',
  'auth_events',
  'auth_factors',
  'auth_instances',
  'auth_leases',
  'auth_mails',
  'auth_passkeys',
  'auth_trusted_devices',
  'login_attempts',
  'refresh_tokens',
  'resource_clients',
  'revocations',
  'signing_keys',
];

/** A host with a filter for all errors answers in its own words, but with our status. */
function assertRefused({ row }, { status, error, ours }, expected, code) {
  if (row.ownErrors) assert.deepEqual([status, ours], [expected, false]);
  else assert.deepEqual([status, error], [expected, code]);
}

const headerOf = (token) => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString());

/** @type {[string, (host: import('../../scripts/package-hosts/running-host.js').RunningHost, known: Record<string, any>) => Promise<void>][]} */
const QUESTIONS = [
  [
    'registers users',
    async ({ post, row, makeAdmin }, known) => {
      for (const name of ['admin', 'user']) {
        const body = { email: `${name}@example.com`, password: PASSWORD, ...row.account };
        known[name] = await post('/register', body);
        assert.equal(known[name].status, 201, JSON.stringify(known[name]));
        assert.equal(known[name].user.email, body.email);
      }
      await makeAdmin('admin@example.com');
    },
  ],
  [
    'knows common passwords, and invalid bodies',
    async ({ post, row }) => {
      const body = { email: 'new@example.com', ...row.account };
      for (const password of ['passwordpassword', 7]) {
        const { status, error } = await post('/register', { ...body, password });
        assert.deepEqual([status, error], [400, 'VALIDATION_FAILED']);
      }
    },
  ],
  [
    'logs in, but not with a wrong password',
    async ({ post }, known) => {
      const email = 'admin@example.com';
      const wrong = await post('/login', { email, password: `${PASSWORD}!` });
      assert.deepEqual([wrong.status, wrong.error], [401, 'INVALID_CREDENTIALS']);
      known.login = await post('/login', { email, password: PASSWORD });
      assert.equal(known.login.status, 200);
    },
  ],
  [
    'guards a route',
    async (host, { login }) => {
      assertRefused(host, await host.orders('GET'), 401, 'TOKEN_MISSING');
      assertRefused(host, await host.orders('GET', 'nonsense'), 401, 'INVALID_TOKEN');
      const good = await host.orders('GET', login.accessToken);
      assert.deepEqual([good.status, good.owner], [200, login.user.id]);
    },
  ],
  [
    'enforces roles',
    async (host, { login, user }) => {
      assertRefused(host, await host.orders('DELETE', user.accessToken), 403, 'FORBIDDEN');
      assert.equal((await host.orders('DELETE', login.accessToken)).removed, true);
    },
  ],
  [
    'publishes the key of its tokens where the metadata say',
    async ({ url, call, row }, { login }) => {
      const { issuer, jwks_uri } = await call('GET', `${row.paths.wellKnown}/oauth-authorization-server`);
      assert.ok(issuer && jwks_uri, 'there are no metadata');
      assert.equal(new URL(jwks_uri).origin, url);
      const { keys } = await call('GET', new URL(jwks_uri).pathname);
      assert.ok(keys.some(({ kid }) => kid === headerOf(login.accessToken).kid));
    },
  ],
  [
    'tells who is signed in',
    async ({ get }, { login }) => {
      const { status, user } = await get('/me', login.accessToken);
      assert.deepEqual([status, user.id, user.roles], [200, login.user.id, ['admin']]);
    },
  ],
  [
    'refreshes, and detects a replayed refresh token',
    async (host, { login }) => {
      const { post, orders } = host;
      const { refreshToken } = login;
      const refreshed = await post('/refresh', { refreshToken });
      assert.equal(refreshed.status, 200);
      assert.equal((await orders('DELETE', refreshed.accessToken)).removed, true);
      await new Promise((resolve) => setTimeout(resolve, LEEWAY_MS));
      const reused = await post('/refresh', { refreshToken });
      assert.deepEqual([reused.status, reused.error], [401, 'REFRESH_TOKEN_REUSED']);
      assertRefused(host, await orders('GET', refreshed.accessToken), 401, 'TOKEN_REVOKED');
    },
  ],
  [
    'logs out',
    async (host, { user }) => {
      const { post, orders } = host;
      assert.equal((await post('/logout', { refreshToken: user.refreshToken })).status, 204);
      assertRefused(host, await orders('GET', user.accessToken), 401, 'TOKEN_REVOKED');
      const { error } = await post('/refresh', { refreshToken: user.refreshToken });
      assert.equal(error, 'TOKEN_REVOKED');
    },
  ],
  [
    'has the tables that it uses, and no others',
    async ({ tables, row }) => {
      const expected = [...OUR_TABLES, ...(row.users === 'own' ? [] : ['users']), ...(row.tables ?? [])];
      assert.deepEqual(await tables(), expected.toSorted());
    },
  ],
  [
    'is sound to `latchkey doctor`',
    async ({ runProgram }) => {
      const { stdout } = await runProgram('latchkey', ['doctor', '--app', 'dist/app.js', '--json']);
      const checks = JSON.parse(stdout).findings.map(({ check, state }) => [check, state]);
      for (const check of ['options', 'database', 'clock', 'schema', 'keys', 'hashing'])
        assert.ok(
          checks.some(([name]) => name === check),
          `nothing about ${check}`,
        );
      assert.ok(!checks.some(([, state]) => state === 'problem'), stdout);
    },
  ],
];

/** @throws at the first wrong answer */
export async function askAll(host) {
  const known = {};
  for (const [question, ask] of [...QUESTIONS, ...host.ownQuestions]) {
    try {
      await ask(host, known);
    } catch (error) {
      throw new Error(`${host.row.name}: it ${question}`, { cause: error });
    }
  }
  return QUESTIONS.length + host.ownQuestions.length;
}
