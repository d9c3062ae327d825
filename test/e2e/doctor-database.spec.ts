import { randomBytes } from 'node:crypto';
import { Client as Postgres } from 'pg';
import { KeyRotation } from '../../src/index.js';
import { migrate } from '../../src/settings/database.js';
import { runCli } from '../support/cli.js';
import { openGate } from '../support/database-gate.js';
import { startHost } from '../support/host-app.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { productionSettings } from '../support/service-process.js';

const ROLE = `doctor_${randomBytes(6).toString('hex')}`;

interface Finding {
  check: string;
  state: string;
  message: string;
}

let database: TestDatabase;
let admin: Postgres;
let settings: Record<string, string>;
beforeAll(async () => {
  database = await createDatabase();
  admin = new Postgres(database.url);
  await admin.connect();
  await admin.query(`CREATE ROLE ${ROLE} LOGIN PASSWORD 'doctor'`);
  const url = new URL(database.url);
  [url.username, url.password] = [ROLE, 'doctor'];
  const { JWT_ACCESS_PRIVATE_KEY: _, ...rest } = productionSettings(url.href);
  settings = { ...rest, KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url'), RATE_LIMIT: 'on' };
});
afterAll(async () => {
  await admin.query(`DROP OWNED BY ${ROLE}`);
  await admin.query(`DROP ROLE ${ROLE}`);
  await admin.end();
  await database.drop();
});

const grant = () =>
  admin.query(`GRANT USAGE ON SCHEMA public TO ${ROLE};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${ROLE}`);

async function examine(
  more: Record<string, string> = {},
): Promise<{ code: number | null; found: Finding[] }> {
  const { code, stdout } = await runCli(['doctor', '--json'], { ...settings, ...more });
  return { code, found: JSON.parse(stdout).findings };
}
const about = (found: Finding[], check: string) =>
  found.filter((finding) => finding.check === check).map(({ state, message }) => [state, message]);
const tables = async () =>
  (await admin.query(`SELECT count(*)::int AS n FROM pg_tables WHERE schemaname = 'public'`)).rows[0].n;

describe('latchkey doctor', () => {
  it('says that an empty database has no tables, and creates none', async () => {
    const { code, found } = await examine();
    expect(about(found, 'schema')).toEqual([
      ['warning', expect.stringMatching(/^has no tables yet: run npx latchkey migrate/)],
    ]);
    expect(code).toBe(0);
    expect(await tables()).toBe(0);
    const off = await examine({ MIGRATE: 'off' });
    expect(about(off.found, 'schema')).toEqual([['problem', expect.stringContaining('does not start')]]);
    expect(await tables()).toBe(0);
  });

  describe('with tables', () => {
    beforeAll(async () => {
      await migrate(database.url);
    });
    beforeEach(() => grant());

    it('names pending migrations, and does not run them', async () => {
      await admin.query(`DELETE FROM migrations WHERE name LIKE 'OrderRevocations%'`);
      const { found } = await examine();
      expect(about(found, 'schema')).toEqual([
        ['warning', expect.stringMatching(/^lacks migrations \(OrderRevocations1764000000020\): run npx/)],
      ]);
      const names = await admin.query(`SELECT 1 FROM migrations WHERE name LIKE 'OrderRevocations%'`);
      expect(names.rows).toEqual([]);
      await admin.query(
        `INSERT INTO migrations ("timestamp", name) VALUES (1764000000020, 'OrderRevocations1764000000020')`,
      );
    });

    it('is content with all privileges, and with those of an append-only audit trail', async () => {
      const fine = [['ok', `the role ${ROLE} has all privileges that are needed`]];
      expect(about((await examine()).found, 'grants')).toEqual(fine);
      await admin.query(`REVOKE UPDATE, DELETE ON auth_events FROM ${ROLE};
        GRANT UPDATE (count) ON auth_events TO ${ROLE}; REVOKE INSERT, UPDATE, DELETE ON migrations FROM ${ROLE}`);
      expect(about((await examine()).found, 'grants')).toEqual(fine);
      await admin.query(`REVOKE UPDATE (count) ON auth_events FROM ${ROLE}`);
      expect(about((await examine()).found, 'grants')).toEqual([
        ['warning', expect.stringContaining('lacks UPDATE (count) on "auth_events"')],
      ]);
    });

    it('names the missing privileges of each table, with the statement that grants them', async () => {
      await admin.query(`REVOKE INSERT, DELETE ON users FROM ${ROLE}; REVOKE UPDATE ON refresh_tokens FROM ${ROLE};
        GRANT UPDATE (current_jti, previous_jti, rotated_at, last_used_at, expires_at, id, user_id, created_at,
          absolute_expires_at, ip, user_agent, auth_time, amr, acr) ON refresh_tokens TO ${ROLE};
        REVOKE ALL ON revocations, auth_leases FROM ${ROLE}; REVOKE UPDATE ON auth_instances FROM ${ROLE};
        REVOKE INSERT ON auth_audit_receivers, auth_audit_dead_letters FROM ${ROLE}; REVOKE SELECT ON migrations, signing_keys FROM ${ROLE};
        CREATE SEQUENCE numbers; ALTER TABLE login_attempts ADD n bigint DEFAULT nextval('numbers')`);
      const { code, found } = await examine();
      const role = new RegExp(ROLE, 'g');
      expect(
        about(found, 'grants').map(([state, message]) => [state, message!.replaceAll(role, 'R')]),
      ).toEqual(
        [
          ['"users"', 'INSERT, DELETE'],
          ['"refresh_tokens"', 'UPDATE (revoked_at, revoked_reason)'],
          ['"signing_keys"', 'SELECT'],
          ['"revocations"', 'SELECT, INSERT, UPDATE, DELETE'],
          ['"auth_leases"', 'SELECT, INSERT, UPDATE, DELETE'],
          ['"auth_instances"', 'UPDATE'],
          ['"migrations"', 'SELECT'],
          ['SEQUENCE numbers', 'USAGE'],
        ].map(([on, lacks]) => [
          'problem',
          `the role R lacks ${lacks} on ${on}: GRANT ${lacks} ON ${on} TO "R"`,
        ]),
      );
      expect(code).toBe(1);
      for (const [, message] of about(found, 'grants'))
        await admin.query(message!.slice(message!.indexOf('GRANT')));
      await admin.query(`REVOKE UPDATE ON refresh_tokens FROM ${ROLE}`);
      await grant();
      expect((await examine()).code).toBe(0);
      await admin.query('ALTER TABLE login_attempts DROP n; DROP SEQUENCE numbers');
    });

    it('counts the tables of audit receivers only if there are any', async () => {
      await admin.query(`REVOKE INSERT ON auth_audit_dead_letters FROM ${ROLE}`);
      expect(about((await examine()).found, 'grants')).toEqual([['ok', expect.anything()]]);
      const receiver = {
        AUDIT_WEBHOOK_URL: 'https://siem.example.com/in',
        AUDIT_WEBHOOK_SECRET: randomBytes(48).toString('base64url'),
      };
      expect(about((await examine(receiver)).found, 'grants')).toEqual([
        ['problem', expect.stringContaining('INSERT on "auth_audit_dead_letters"')],
      ]);
    });

    it('counts the tables of accounts and mails, and what deleting an account changes in events, only with mail', async () => {
      await admin.query(`REVOKE DELETE ON auth_accounts FROM ${ROLE}; REVOKE UPDATE ON auth_actions, auth_mails FROM ${ROLE};
        REVOKE UPDATE ON auth_events FROM ${ROLE}; GRANT UPDATE (count) ON auth_events TO ${ROLE}`);
      expect(about((await examine()).found, 'grants')).toEqual([['ok', expect.anything()]]);
      const mail = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'no-reply@example.com' };
      const missing = about((await examine(mail)).found, 'grants');
      expect(missing.map(([state, message]) => [state, message!.slice(message!.indexOf('GRANT'))])).toEqual(
        [
          'UPDATE ON "auth_mails"',
          'DELETE ON "auth_accounts"',
          'UPDATE ON "auth_actions"',
          'UPDATE (ip, user_agent, request_id, details, repeat_key) ON "auth_events"',
        ].map((privilege) => ['problem', `GRANT ${privilege} TO "${ROLE}"`]),
      );
      for (const [, message] of missing) await admin.query(message!.slice(message!.indexOf('GRANT')));
      expect(about((await examine(mail)).found, 'grants')).toEqual([['ok', expect.anything()]]);
    });

    it('names each table with row-level security, and whether a policy lets the role do what it needs', async () => {
      await admin.query(`ALTER TABLE users ENABLE ROW LEVEL SECURITY; ALTER TABLE signing_keys ENABLE ROW LEVEL SECURITY;
        ALTER TABLE refresh_tokens ENABLE ROW LEVEL SECURITY; ALTER TABLE resource_clients ENABLE ROW LEVEL SECURITY;
        CREATE POLICY every ON refresh_tokens USING (true);
        CREATE POLICY seen ON users FOR SELECT TO ${ROLE} USING (email LIKE '%.example');
        CREATE POLICY others ON signing_keys TO pg_monitor USING (true)`);
      const { code, found } = await examine();
      const cure = (table: string) =>
        `: ALTER TABLE "${table}" DISABLE ROW LEVEL SECURITY, or ALTER ROLE "${ROLE}" BYPASSRLS`;
      expect(about(found, 'row security')).toEqual([
        ['problem', `"users" lets the role ${ROLE} do no INSERT, UPDATE, DELETE on any row${cure('users')}`],
        [
          'warning',
          `on "refresh_tokens", policies decide which rows the role ${ROLE} can use, and it needs all${cure('refresh_tokens')}`,
        ],
        [
          'problem',
          `"signing_keys" lets the role ${ROLE} do no SELECT, INSERT, UPDATE, DELETE on any row${cure('signing_keys')}`,
        ],
        [
          'problem',
          `"resource_clients" lets the role ${ROLE} do no SELECT, INSERT, DELETE on any row${cure('resource_clients')}`,
        ],
      ]);
      expect(about(found, 'keys')).toEqual([
        ['problem', expect.stringMatching(/^none can be seen: row-level security hides them/)],
      ]);
      expect(code).toBe(1);
      await admin.query(
        `DROP POLICY every ON refresh_tokens; DROP POLICY seen ON users; DROP POLICY others ON signing_keys`,
      );
      for (const table of ['users', 'signing_keys', 'refresh_tokens', 'resource_clients'])
        await admin.query(`ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY`);
      expect(about((await examine()).found, 'row security')).toEqual([]);
    });

    it('names a schema that may not be used', async () => {
      await admin.query(`REVOKE USAGE ON SCHEMA public FROM ${ROLE}, PUBLIC`);
      const { code, found } = await examine();
      expect([code, about(found, 'grants')]).toEqual([
        1,
        [
          [
            'problem',
            `the role ${ROLE} may not use the schema public: GRANT USAGE ON SCHEMA "public" TO "${ROLE}"`,
          ],
        ],
      ]);
      await admin.query('GRANT USAGE ON SCHEMA public TO PUBLIC');
    });

    it('makes no key, and names the keys that cannot be opened and that none signs', async () => {
      expect(about((await examine()).found, 'keys')).toEqual([
        ['warning', expect.stringMatching(/^there is no signing key yet/)],
      ]);
      expect((await admin.query('SELECT 1 FROM signing_keys')).rows).toEqual([]);
      const [{ kid }] = JSON.parse((await runCli(['keys', 'list', '--json'], settings)).stdout);
      expect(about((await examine()).found, 'keys')).toEqual([['ok', `1 in the ring, ${kid} signs (ES256)`]]);
      const other = { KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url') };
      const { code, found } = await examine(other);
      expect([code, about(found, 'keys')]).toEqual([
        1,
        [
          ['problem', expect.stringContaining(`1 of 1 cannot be opened (${kid}): also put the secret`)],
          [
            'problem',
            expect.stringMatching(
              /^no key that can be opened signs, .*check the secret; only if it is lost, remove them with latchkey keys remove/,
            ),
          ],
        ],
      ]);
      // Another key would take over from good ones that only other instances can open.
      const rotated = await runCli(['keys', 'rotate'], { ...settings, ...other });
      expect([rotated.code, rotated.stderr]).toEqual([1, expect.stringContaining('cannot be opened')]);
      // Nor does an instance with the wrong secret rotate by itself when a key is due.
      await admin.query(`UPDATE signing_keys SET active_at = now() - interval '5 years'`);
      const keyRing = { encryptionSecret: other.KEY_ENCRYPTION_SECRET };
      const blind = await startHost({
        databaseUrl: database.url,
        options: { jwt: { keyRing, refreshSecret: settings.JWT_REFRESH_SECRET! } },
      });
      await blind.app.get(KeyRotation).maintain();
      await blind.close();
      expect((await admin.query('SELECT kid FROM signing_keys')).rows).toEqual([{ kid }]);
      // Once the secret is lost for good, removing the last of them makes a new one.
      expect((await runCli(['keys', 'remove', kid], { ...settings, ...other })).code).toBe(0);
      const { rows } = await admin.query('SELECT kid FROM signing_keys');
      expect([rows.length, rows[0].kid === kid]).toEqual([1, false]);
    });

    it.each([
      ['the role', `ALTER ROLE ${ROLE} CONNECTION LIMIT 9`, `ALTER ROLE ${ROLE} CONNECTION LIMIT -1`],
      [
        'the database',
        () => `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} CONNECTION LIMIT 9`,
        () => `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} CONNECTION LIMIT -1`,
      ],
    ])('says that %s allows fewer connections than an instance opens', async (what, spoil, cure) => {
      await admin.query(typeof spoil === 'string' ? spoil : spoil());
      const { code, found } = await examine();
      expect([code, about(found, 'connections')]).toEqual([
        1,
        [
          [
            'problem',
            expect.stringMatching(new RegExp(`21 connections .* and ${what} .* allows 9: .*lower`)),
          ],
        ],
      ]);
      await admin.query(typeof cure === 'string' ? cure : cure());
    });

    it('says that the server is read-only, and what else is wrong', async () => {
      await admin.query(
        `ALTER ROLE ${ROLE} SET default_transaction_read_only = on; REVOKE INSERT ON users FROM ${ROLE}`,
      );
      const { code, found } = await examine();
      expect(code).toBe(1);
      expect(about(found, 'server')).toEqual([
        ['problem', expect.stringMatching(/^is read-only, perhaps a standby: name the server/)],
      ]);
      expect(about(found, 'grants')).toEqual([['problem', expect.stringContaining('INSERT on "users"')]]);
      expect(about(found, 'schema')).toEqual([['ok', 'is up to date']]);
      expect(about(found, 'database')).toEqual([['ok', expect.stringMatching(/^PostgreSQL /)]]);
      await admin.query(`ALTER ROLE ${ROLE} RESET default_transaction_read_only`);
    });
  });

  it('looks at Node.js, the pages and the proxy', async () => {
    const { found } = await examine();
    expect(about(found, 'node')[0]![1]).toContain(process.versions.node);
    expect(about(found, 'pages')).toEqual([['ok', 'none but the start page']]);
    expect(about(found, 'proxy')).toEqual([
      ['warning', expect.stringMatching(/^TRUST_PROXY is not set, so all/)],
    ]);
    const open = await examine({ DOCS: 'on', ACCOUNT_PAGES: 'on', TRUST_PROXY: '10.1.2.3/32' });
    expect(about(open.found, 'pages')).toEqual([
      ['warning', 'account pages at /account, API docs at /docs: anyone can read the docs; set DOCS=off'],
    ]);
    expect(about(open.found, 'proxy')).toEqual([['ok', 'TRUST_PROXY is 10.1.2.3/32']]);
  });

  it('ends when PostgreSQL stops answering', async () => {
    const gate = await openGate(settings.DATABASE_URL!);
    gate.swallow();
    const began = performance.now();
    const { code, found } = await examine({ DATABASE_URL: gate.url });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect([code, about(found, 'database')]).toEqual([
      1,
      [['problem', expect.stringContaining('check DATABASE_URL')]],
    ]);
    await gate.close();
  });
});
