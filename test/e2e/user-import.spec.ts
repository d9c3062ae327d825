import * as crypto from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import bcrypt from 'bcrypt';
import { Client as Pg } from 'pg';
import { runCli } from '../support/cli.js';
import { FOREIGN_HASHES } from '../support/foreign-hashes.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

let database: TestDatabase;
let settings: Record<string, string>;
let service: ServiceHere;
let pg: Pg;
let directory: string;
beforeAll(async () => {
  database = await createMigratedDatabase();
  settings = productionSettings(database.url);
  service = await startServiceHere(settings);
  pg = new Pg(database.url);
  await pg.connect();
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'latchkey-import-'));
});
afterEach(() => rmSync(directory, { recursive: true }));
afterAll(async () => {
  await pg?.end();
  await service?.end();
  await database?.drop();
});

const path = (name: string) => join(directory, name);
function file(content: string | Buffer, name = 'users.ndjson'): string {
  writeFileSync(path(name), content);
  return path(name);
}
const lines = (...rows: unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
// oxlint-disable-next-line typescript/no-explicit-any -- rows of several shapes
const linesIn = (name: string): any[] =>
  readFileSync(name, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const cli = (...args: string[]) => runCli(['user', 'import', ...args], settings);
async function importing(...args: string[]) {
  const { code, stdout } = await cli(...args, '--json');
  return { code, ...JSON.parse(stdout) };
}
async function userOf(email: string) {
  const { rows } = await pg.query('SELECT *, created_at::text FROM users WHERE email = $1', [email]);
  return rows[0];
}
const login = async (email: string, password: string) =>
  (await service.client.post('/auth/login', { email, password })).status;

const SECRET = 'correct horse battery';
const BCRYPT = bcrypt.hashSync(SECRET, 4);
const hasArgon2 = 'argon2' in crypto;
const foreign = (name: string) => FOREIGN_HASHES[name]!;

describe('users of another system log in with their passwords after the import, and get a hash of Latchkey', () => {
  async function expectLogin(email: string, password: string, old: string) {
    expect((await userOf(email)).password_hash).toContain(old);
    expect(await login(email, `${password}!`)).toBe(401);
    expect(await login(email, password)).toBe(200);
    expect((await userOf(email)).password_hash).toMatch(/^lk1\$/);
    expect(await login(email, password)).toBe(200);
  }

  test('Auth0, from the export of password hashes', async () => {
    const oid = { $oid: '5dea9f9c82dd7c0e76e4ec93' };
    const rest = { email_verified: false, tenant: 'acme', _tmp_is_unique: true };
    const identifiers = [{ type: 'email', value: 'auth0-b@example.com', verified: true }];
    const name = file(
      lines(
        { _id: oid, email: 'auth0-a@example.com', passwordHash: BCRYPT, ...rest },
        { _id: { $oid: '6' }, alt_id: 'euclid', identifiers, passwordHash: BCRYPT, blocked: true, ...rest },
      ),
    );
    const ids = path('ids');
    expect(await importing(name, '--from', 'auth0', '--ids', ids)).toMatchObject({ code: 0, imported: 2 });
    await expectLogin('auth0-a@example.com', SECRET, BCRYPT);
    expect(linesIn(ids)).toEqual([
      { from: 'auth0|5dea9f9c82dd7c0e76e4ec93', to: (await userOf('auth0-a@example.com')).id },
      { from: 'auth0|euclid', to: (await userOf('auth0-b@example.com')).id },
    ]);
    // Blocked there, disabled here.
    expect(await login('auth0-b@example.com', SECRET)).toBe(401);
  });

  test('Clerk, from CSV and from JSON', async () => {
    const csv = `id,first_name,last_name,username,primary_email_address,verified_email_addresses,password_digest,password_hasher\r
user_1,"Ada, ""the"" Countess",King,ada,clerk-a@example.com,"clerk-a@example.com,b@example.com",${BCRYPT},bcrypt\r
user_2,=cmd|' /C calc'!A0,,,clerk-b@example.com,,,\r\n`;
    const answer = await importing(file(csv, 'clerk.csv'), '--from', 'clerk');
    expect(answer).toMatchObject({ code: 0, imported: 2, withoutPassword: 1, unusableHashes: 0 });
    await expectLogin('clerk-a@example.com', SECRET, BCRYPT);
    expect((await userOf('clerk-a@example.com')).name).toBe('Ada, "the" Countess King');
    expect((await userOf('clerk-b@example.com')).name).toBe(`=cmd|' /C calc'!A0`);
    const users = ['clerk-c', 'clerk-d'].map((name, i) => ({
      id: name,
      primary_email_address_id: 'second',
      email_addresses: [
        { id: 'first', email_address: 'x@example.com' },
        { id: 'second', email_address: `${name}@example.com` },
      ],
      password_digest: BCRYPT,
      banned: i === 1,
      created_at: 1_577_836_800_000,
    }));
    expect(await importing(file(JSON.stringify(users, null, 2)), '--from', 'clerk')).toMatchObject({
      imported: 2,
    });
    await expectLogin('clerk-c@example.com', SECRET, BCRYPT);
    expect(await userOf('clerk-d@example.com')).toMatchObject({
      created_at: '2020-01-01 00:00:00+00',
      disabled_at: expect.any(Date),
    });
  });

  test('Firebase, with the parameters of its scrypt', async () => {
    const { password, hash } = foreign('Firebase, scrypt');
    const [, , parameters, salt, passwordHash] = hash.split('$');
    const signer = /sk=(.*)$/.exec(parameters!)![1];
    const config = file(
      `hash_config {\n  algorithm: SCRYPT,\n  base64_signer_key: ${signer},\n  base64_salt_separator: Bw==,\n  rounds: 8,\n  mem_cost: 14,\n}\n`,
      'hash-config',
    );
    const user = {
      localId: 'Ab1',
      email: 'firebase@example.com',
      passwordHash,
      salt,
      createdAt: '1577836800000',
    };
    const export1 = `{"users": [\n${JSON.stringify(user)},\n${JSON.stringify({ localId: 'b', email: 'fb2@example.com', disabled: true })}\n]}`;
    const args = [file(export1, 'users.json'), '--from', 'firebase'];
    const answer = await importing(...args, '--hash-config', config);
    expect(answer).toMatchObject({ code: 0, imported: 2, withoutPassword: 1 });
    expect((await userOf('firebase@example.com')).created_at).toBe('2020-01-01 00:00:00+00');
    await expectLogin('firebase@example.com', password, hash);
    const without = await cli(...args);
    expect([without.code, without.stderr]).toEqual([2, expect.stringContaining('needs --hash-config')]);
    const wrong = await cli(...args, '--hash-config', file('{"base64_signer_key":"sEcReT"}', 'wrong'));
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('must contain')]);
    expect(wrong.stderr).not.toContain('sEcReT');
  });

  test('Keycloak, from a realm export with other lists in it', async () => {
    const { password, hash } = foreign('Keycloak, PBKDF2 with SHA-512');
    const credentials = [
      { type: 'otp', secretData: '{}' },
      { ...JSON.parse(hash), id: 'x', createdDate: 1 },
    ];
    const id = '0b9a7d8e-1b5c-4f5e-9a39-7a1f4c0a9f11';
    const user = { id, username: 'k', email: 'Keycloak@Example.com', enabled: true, credentials };
    const realm = {
      id: 'acme',
      realm: 'acme',
      groups: [{ users: [{ email: 'no@example.com' }] }],
      description: 'a "users": [ in a text',
      users: [user, { id: 'other', email: 'kc2@example.com', enabled: false, realmRoles: ['admin'] }],
      clients: [{ id: 'c' }],
    };
    for (const indent of [0, 2]) {
      const answer = await importing(file(JSON.stringify(realm, null, indent)), '--from', 'keycloak');
      expect(answer).toMatchObject({ code: 0, [indent === 0 ? 'imported' : 'present']: 2, rejected: 0 });
    }
    const stored = await userOf('keycloak@example.com');
    expect(stored.id).toBe(id);
    await expectLogin('keycloak@example.com', password, 'pbkdf2-sha512');
    expect(await userOf('kc2@example.com')).toMatchObject({ roles: [], disabled_at: expect.any(Date) });
    expect(await userOf('no@example.com')).toBeUndefined();
  });

  test('Supabase, from rows of auth.users', async () => {
    const csv = `id,email,encrypted_password,banned_until,deleted_at,raw_user_meta_data,created_at
c0ffee00-0000-4000-8000-000000000001,supabase-a@example.com,${BCRYPT},,,"{""full_name"": ""Grace Hopper""}",2020-01-01 00:00:00.5+00
c0ffee00-0000-4000-8000-000000000002,supabase-b@example.com,${BCRYPT},2999-01-01 00:00:00+00,,{},
c0ffee00-0000-4000-8000-000000000003,supabase-c@example.com,${BCRYPT},infinity,,{},
c0ffee00-0000-4000-8000-000000000004,supabase-d@example.com,${BCRYPT},2001-01-01 00:00:00+00,,{},
c0ffee00-0000-4000-8000-000000000005,supabase-e@example.com,${BCRYPT},,2024-01-01 00:00:00+00,{},
`;
    const answer = await importing(file(csv), '--from', 'supabase');
    expect(answer).toMatchObject({ code: 1, imported: 4, rejected: 1 });
    expect((await userOf('supabase-a@example.com')).name).toBe('Grace Hopper');
    await expectLogin('supabase-a@example.com', SECRET, BCRYPT);
    expect(await login('supabase-b@example.com', SECRET)).toBe(401);
    expect(await login('supabase-c@example.com', SECRET)).toBe(401);
    expect(await login('supabase-d@example.com', SECRET)).toBe(200);
    expect(await userOf('supabase-e@example.com')).toBeUndefined();
  });

  test('better-auth, from users with the passwords of their accounts', async () => {
    const { password, hash } = foreign('better-auth, scrypt');
    const accounts = [
      { providerId: 'github', password: null },
      { providerId: 'credential', password: hash },
    ];
    const name = file(
      lines(
        { id: 'a1', email: 'ba-1@example.com', password: hash, role: 'admin' },
        { id: 'a2', email: 'ba-2@example.com', accounts, banned: true, banExpires: '2001-01-01T00:00:00Z' },
        { id: 'a3', email: 'ba-3@example.com', accounts, banned: true, banExpires: null },
      ),
    );
    expect(await importing(name, '--from', 'better-auth')).toMatchObject({ code: 0, imported: 3 });
    await expectLogin('ba-1@example.com', password, hash);
    await expectLogin('ba-2@example.com', password, hash);
    expect(await login('ba-3@example.com', password)).toBe(401);
    expect((await userOf('ba-1@example.com')).roles).toEqual([]);
  });
});

describe('latchkey user import', () => {
  it('rejects what is no user, says where and why, and never prints a hash', async () => {
    const good = (n: number) => ({ email: `bad-${n}@example.com`, passwordHash: BCRYPT });
    const rows: (string | Buffer)[] = [
      `\ufeff${JSON.stringify(good(1))}\r`,
      '',
      '   \r',
      `{"email": "bad-x@example.com", "passwordHash": "${BCRYPT}"`,
      '[1]',
      'null',
      `{"email": 7}`,
      `{"email": ["a@example.com"]}`,
      `{"name": "nobody"}`,
      `{"email": "not an address"}`,
      `{"email": "nul\\u0000@example.com"}`,
      '\0\0\0\0',
      Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
      `{"__proto__": {"email": "proto@example.com"}}`,
      `{"email": "bad-2@example.com", "disabled": "perhaps"}`,
      `{"email": "bad-3@example.com", "name": {"first": "x"}}`,
      `{"email": "first@example.com", "email": "bad-4@example.com"}`,
      JSON.stringify({ ...good(5), name: 'x'.repeat(10 * 2 ** 20) }),
      JSON.stringify(good(6)),
      `{"email": "bad-7@exam`,
    ];
    const content = Buffer.concat(rows.flatMap((row, i) => [Buffer.from(i ? '\n' : ''), Buffer.from(row)]));
    const name = file(content);
    const answer = await cli(name);
    expect([answer.code, answer.stdout]).toEqual([1, '']);
    expect(answer.stderr).toMatch(/^Imported: +3\nRejected: +15 \(see .*\)\nWithout a password: 1\n$/);
    expect(answer.stderr).not.toContain('$2b$');
    const rejected = linesIn(`${name}.rejected.ndjson`);
    expect(rejected.map(({ line, reason }) => [line, reason])).toEqual([
      [4, 'not valid JSON'],
      [5, 'not a JSON object'],
      [6, 'not a JSON object'],
      [7, 'the email address is not valid'],
      [8, 'email must be text'],
      [9, 'there is no email address'],
      [10, 'the email address is not valid'],
      [11, 'the email address is not valid'],
      [12, 'not valid JSON'],
      [13, 'not valid UTF-8'],
      [14, 'there is no email address'],
      [15, 'disabled must be true or false'],
      [16, 'name must be text'],
      [18, 'longer than 1 MiB'],
      [20, 'not valid JSON'],
    ]);
    expect(statSync(`${name}.rejected.ndjson`).mode & 0o777).toBe(0o600);
    // Corrected, the file of the rejected users is a file of users.
    const next = rejected.filter(({ line }) => line === 15);
    next[0].row.disabled = true;
    expect(await importing(file(lines(...next), 'again'))).toMatchObject({ code: 0, imported: 1 });
  });

  it('stores no hash that nobody could verify, and counts its users', async () => {
    const costly = [
      BCRYPT.replace('$04$', '$31$'),
      '$scrypt$ln=30,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$0LupyHkzAIgDr9UDsriAAf87vMbCbcaUfDvFOAHk0D0',
      '$argon2id$v=19$m=4194304,t=3,p=1$MDEyMzQ1Njc4OWFiY2RlZg$0LupyHkzAIgDr9UDsriAAf87vMbCbcaUfDvFOAHk0D0',
      '$pbkdf2-sha256$i=1000000000$MDEyMzQ1Njc4OWFiY2RlZg$uHVoxjLD1v3uqpdY8ehNPGUYMiKj8ROQSRwMSE033NY',
      'md5:0123456789abcdef0123456789abcdef',
      'a password in clear text',
      `lk1$deadbeef${BCRYPT}`,
      'nul\0',
      '\ud800',
    ];
    const rows = costly.map((passwordHash, i) => ({ email: `costly-${i}@example.com`, passwordHash }));
    const name = file(lines(...rows, { email: 'costly-none@example.com' }));
    const strict = await importing(name, '--require-password');
    expect(strict).toMatchObject({ code: 1, imported: 0, rejected: 10 });
    const answer = await importing(name);
    expect(answer).toMatchObject({ code: 0, imported: 10, withoutPassword: 10, unusableHashes: 9 });
    expect((await userOf('costly-0@example.com')).password_hash).toBeNull();
    expect(await login('costly-0@example.com', SECRET)).toBe(401);
  });

  it('leaves accounts alone that are there, also when the address is written otherwise', async () => {
    const email = 'victim@example.com';
    await runCli(['user', 'create', email, '--password-stdin'], settings, 'purple lamps under rivers');
    const before = await userOf(email);
    const name = file(
      lines({ id: 'x', email: 'VICTIM@Example.COM', passwordHash: BCRYPT, roles: ['admin'] }),
    );
    expect(await importing(name, '--roles', 'roles')).toMatchObject({ code: 0, imported: 0, taken: 1 });
    const rejecting = await importing(name, '--on-conflict', 'reject');
    expect(rejecting).toMatchObject({ code: 1, taken: 0, rejected: 1 });
    const failing = await importing(name, '--on-conflict', 'fail');
    expect(failing).toMatchObject({ code: 1, conflict: { line: 1 } });
    const stealing = file(lines({ id: before.id, email: 'thief@example.com', passwordHash: BCRYPT }));
    expect(await importing(stealing)).toMatchObject({ imported: 0, taken: 1 });
    expect(await userOf(email)).toEqual(before);
    expect(await userOf('thief@example.com')).toBeUndefined();
  });

  it('imports an address once that is in the file twice, whatever its spelling', async () => {
    const emails = [
      'tw@münchen.example',
      'TW@MÜNCHEN.example',
      'tw@mu\u0308nchen.example',
      'tw@xn--mnchen-3ya.example',
    ];
    const name = file(lines(...emails.map((email) => ({ email, passwordHash: BCRYPT }))));
    expect(await importing(name)).toMatchObject({ code: 0, imported: 1, present: 3 });
  });

  it('grants roles only if it is told where they are', async () => {
    const row = (n: number, roles: unknown) => ({ email: `roles-${n}@example.com`, app: { roles } });
    const rows = [
      row(1, ['admin', 'editor']),
      row(2, 'user, admin'),
      row(3, undefined),
      row(4, ['two words']),
      row(5, 7),
    ];
    const name = file(lines(...rows));
    expect(await importing(file(lines({ ...row(0, ['admin']), roles: ['admin'] })))).toMatchObject({
      imported: 1,
    });
    expect((await userOf('roles-0@example.com')).roles).toEqual([]);
    writeFileSync(name, lines(...rows));
    expect(await importing(name, '--roles', 'app.roles')).toMatchObject({ imported: 3, rejected: 2 });
    expect((await userOf('roles-1@example.com')).roles).toEqual(['admin', 'editor']);
    expect((await userOf('roles-2@example.com')).roles).toEqual(['user', 'admin']);
  });

  it('leaves out a name that cannot be shown, and keeps the user', async () => {
    const name = file(lines({ email: 'named@example.com', name: 'Ada\u202e', passwordHash: BCRYPT }));
    expect(await importing(name)).toMatchObject({ imported: 1, withoutName: 1 });
    expect((await userOf('named@example.com')).name).toBeNull();
  });

  it('only says what it would do with --dry-run', async () => {
    const name = file(lines({ email: 'dry@example.com', passwordHash: BCRYPT }, { email: 'x' }));
    const { code, stderr } = await cli(name, '--dry-run');
    expect([code, stderr]).toEqual([
      1,
      'Would import: 1\nWould reject: 1\n  line 2: the email address is not valid\n',
    ]);
    expect(await userOf('dry@example.com')).toBeUndefined();
    expect(() => statSync(`${name}.rejected.ndjson`)).toThrow('ENOENT');
  });

  it('reads standard input', async () => {
    const input = lines({ email: 'stdin@example.com', passwordHash: BCRYPT });
    const args = ['user', 'import', '-', '--rejected', path('rejected'), '--json'];
    const { code, stdout } = await runCli(args, settings, input);
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ imported: 1 })]);
    expect(await login('stdin@example.com', SECRET)).toBe(200);
  });

  it('says what is wrong with a file that it cannot use, before it touches anything', async () => {
    mkdirSync(path('folder'));
    const users = file(lines({ email: 'unusable@example.com' }));
    const wrong: [string[], RegExp][] = [
      [[path('absent')], /There is no file/],
      [[path('folder')], /is a directory/],
      [[file(Buffer.from('\ufeff{"a":1}', 'utf16le'), 'utf16')], /UTF-16/],
      [[file('just text\n', 'text')], /neither lines of JSON/],
      [[file('email,email\na,b\n', 'twice')], /same heading/],
      [[file('{"realm": "x",\n"clients": []}', 'realm'), '--from', 'keycloak'], /no list of users/],
      [[users, '--rejected', users], /two purposes/],
      [[users, '--ids', users], /two purposes/],
      [[users, '--rejected', '/dev/full', '--on-conflict', 'never'], /Allowed choices/],
    ];
    for (const [args, reason] of wrong) {
      const { code, stderr } = await cli(...args);
      expect([args, code, stderr]).toEqual([args, expect.any(Number), expect.stringMatching(reason)]);
      expect(code).toBe(2);
    }
    expect(readFileSync(users, 'utf8')).toContain('unusable@example.com');
    expect(await userOf('unusable@example.com')).toBeUndefined();
  });

  it('stops when rejected users cannot be written, and says how to continue', async () => {
    const name = file(lines({ email: 'full@example.com' }, { email: 'x' }));
    const { code, stderr } = await cli(name, '--rejected', '/dev/full');
    expect(code).toBe(2);
    expect(stderr).toMatch(/Stopped after 0 users: .*\n.*ENOSPC.*free some space/);
  });

  it('replaces no file that it has not written, and names the option', async () => {
    const name = file(lines({ id: 'r', email: 'refused@example.com' }, { email: 'x' }));
    const [precious, ids] = [file('precious', 'precious'), path('ids')];
    for (const option of ['--ids', '--rejected']) {
      const { code, stderr } = await cli(name, option, precious);
      expect(code).toBe(2);
      expect(stderr).toContain(`${precious} exists, and this import has not written it`);
      expect(stderr).toContain(`another file with ${option}.`);
    }
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    expect(await userOf('refused@example.com')).toBeUndefined();
    for (const count of ['imported', 'present'])
      expect(await importing(name, '--ids', ids)).toMatchObject({ code: 1, [count]: 1 });
    renameSync(precious, ids);
    expect(await cli(name, '--ids', ids)).toMatchObject({ code: 2 });
    const absent = await cli(name, '--ids', path('absent/ids'));
    expect([absent.code, absent.stderr]).toEqual([2, expect.stringContaining('another place with --ids')]);
  });

  it('rejects a user that is nested without end, and goes on', async () => {
    const nested = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
    const rows = [`{"email": "x", "a": ${nested}}`, `{"email": "x", "a": ${nested.slice(1)}}`];
    const name = file(`${rows.join('\n')}\n${lines({ email: 'deep@example.com', name: '['.repeat(150) })}`);
    for (const option of ['--dry-run', '--json'])
      expect(await importing(name, option)).toMatchObject({ code: 1, imported: 1, rejected: 2 });
    const reason = 'nested more than 100 deep';
    expect(linesIn(`${name}.rejected.ndjson`)).toEqual([1, 2].map((line) => ({ line, reason })));
    const document = file(`[${rows[0]}, {"email": "deep@example.com"}]`, 'users.json');
    expect(await importing(document)).toMatchObject({ code: 1, present: 1, rejected: 1 });
  });

  it('counts disabled users, and hashes that nothing here can verify', async () => {
    const argon2 = '$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$RXnb8rh7LaDcn07xsssqqulZYXOM/EUCEFMVcAcyYVk';
    const name = file(
      lines(
        { email: 'argon2@example.com', passwordHash: argon2 },
        { email: 'off@example.com', passwordHash: BCRYPT, disabled: true },
      ),
    );
    const lacking = hasArgon2 ? 0 : 1;
    for (const option of ['--dry-run', '--json'])
      expect(await importing(name, option)).toMatchObject({
        code: 0,
        imported: 2,
        disabled: 1,
        argon2Hashes: lacking,
        withoutPassword: lacking,
      });
    const { stdout } = await cli(file(lines({ email: 'argon2-b@example.com', passwordHash: argon2 })));
    expect(stdout.includes('1 hashes need @node-rs/argon2 or Node 24.7')).toBe(!hasArgon2);
    // A hash that was stored before: like a wrong password, whether or not the user is disabled.
    await pg.query(`UPDATE users SET password_hash = $1 WHERE email = ANY ($2)`, [
      argon2,
      ['argon2@example.com', 'off@example.com'],
    ]);
    for (const email of ['argon2@example.com', 'off@example.com'])
      expect(await login(email, SECRET)).toBe(401);
  });

  it('reports a truncated document after importing what is complete', async () => {
    const users = [1, 2].map((n) => ({ email: `cut-${n}@example.com`, note: 'x]}"\\' }));
    const name = file(JSON.stringify(users).slice(0, -10));
    expect(await importing(name)).toMatchObject({ code: 1, imported: 1, rejected: 1 });
    expect(linesIn(`${name}.rejected.ndjson`)[0].reason).toContain('ends in the middle');
  });

  it('records the import in the audit trail', async () => {
    await importing(file(lines({ email: 'audit-1@example.com' }, { email: 'audit-2@example.com' })));
    const { rows } = await pg.query(
      `SELECT details FROM auth_events WHERE type = 'users-imported' ORDER BY id`,
    );
    expect(rows.at(-1).details).toEqual({ imported: 2, source: 'latchkey' });
  });
});
