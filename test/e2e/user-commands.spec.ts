import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD } from '../support/client.js';
import { type CliRun, expectNothingSecret, runCli, runCliProcess } from '../support/cli.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

let database: TestDatabase;
let settings: Record<string, string>;
let service: ServiceHere;
beforeAll(async () => {
  database = await createMigratedDatabase();
  settings = { ...productionSettings(database.url), RATE_LIMIT: 'on' };
  service = await startServiceHere(settings);
});
afterAll(async () => {
  await service?.end();
  await database?.drop();
});

const run = (...args: string[]) => runCli(args, settings);
const user = (...args: string[]) => run('user', ...args);
const inJson = async (...args: string[]) => {
  const { code, stdout } = await user(...args, '--json');
  return { code, data: JSON.parse(stdout) };
};
const create = async (email: string, ...options: string[]) => {
  const args = ['user', 'create', email, '--password-stdin', '--json', ...options];
  const { stdout } = await runCli(args, settings, PASSWORD);
  return JSON.parse(stdout).id as string;
};
const login = (email: string, password = PASSWORD) =>
  service.client.post('/auth/login', { email, password }, { headers: { 'user-agent': 'curl/8.0' } });
const refused = ({ code, stdout, stderr }: CliRun) => [code, stdout, stderr];
const expectNoSecrets = (answer: CliRun) =>
  expectNothingSecret(answer, [settings.JWT_REFRESH_SECRET!, PASSWORD]);

describe('latchkey user create', () => {
  it('gives roles and permissions, and refuses names that are not one word', async () => {
    const id = await create('c1@example.com', '--role', 'admin', 'editor', '--permission', 'a:b');
    expect((await inJson('show', id)).data).toMatchObject({
      roles: ['admin', 'editor'],
      permissions: ['a:b'],
    });
    for (const role of ['', 'shop owner']) {
      const said = `roles: "${role}" cannot be used: write one word of at most 100 characters.\n`;
      expect(refused(await user('create', 'c2@example.com', '--role', role))).toEqual([1, '', said]);
    }
    expect((await user('show', 'c2@example.com')).code).toBe(1);
  });

  it('says what is wrong with a password or an address', async () => {
    const weak = ['user', 'create', 'c3@example.com', '--password-stdin'];
    const said = 'Use at least 15 characters.';
    expect(refused(await runCli(weak, settings, 'short'))).toEqual([1, '', `password: ${said}\n`]);
    const { code, stdout } = await runCli([...weak, '--json'], settings, 'short');
    const details = [{ field: 'password', message: said }];
    expect([code, JSON.parse(stdout)]).toEqual([1, { error: expect.any(String), details }]);
    const keys = 'This is easy to guess: most of it is a pattern on the keyboard. Choose another one.';
    expect(refused(await runCli(weak, settings, 'qwertyuiopasdfghjkl'))).toEqual([
      1,
      '',
      `password: ${keys}\n`,
    ]);
    expect(refused(await user('create', 'nobody'))).toEqual([
      1,
      '',
      'email must be an email address, such as ada@example.com\n',
    ]);
  });
});

it('latchkey user create refuses names that show nothing or hide something', async () => {
  for (const [name, reason] of [
    [' ', 'contain a visible character'],
    ['Ada\u202e', 'be text without control characters or invisible characters'],
  ] as const) {
    const answer = await user('create', 'c4@example.com', '--name', name);
    expect(refused(answer)).toEqual([1, '', `name must ${reason}\n`]);
  }
});

describe('latchkey user list', () => {
  const emails = ['l1', 'l2', 'l3'].map((name) => `${name}.list@example.com`);
  beforeAll(async () => {
    await Promise.all(emails.map((email) => create(email, '--name', 'Ada', '--role', 'admin', 'editor')));
  });

  it('shows a page, and the command for the next one', async () => {
    const { code, stdout } = await user('list', '--email', '.LIST@', '--limit', '2');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^id +email +name +roles +state +created\n/)]);
    expect(stdout).toMatch(/l1\.list@example\.com +Ada +admin, editor +active +\d{4}-\d\d-\d\d/);
    expect(stdout).not.toContain(emails[2]);
    const [, command] = /\n\nNext page: latchkey (.*)\n$/.exec(stdout)!;
    const next = await run(...command!.split(' '));
    expect(next.stdout.match(/\S+@example\.com/g)).toEqual([emails[2]]);
    expect(next.stdout).not.toContain('Next page');
    expectNoSecrets(next);
  });

  it('writes what a shell must not read in quotes', async () => {
    await Promise.all(['q1', 'q2'].map((name) => create(`${name}'$x@example.com`)));
    const { stdout } = await user('list', '--email', "'$x", '--limit', '1');
    expect(stdout).toMatch(/list --email ''\\''\$x' --limit 1 --cursor/);
  });

  it('in JSON has pages of accounts without a hash', async () => {
    const { data } = await inJson('list', '--email', '.list@', '--limit', '2');
    expect(data.nextCursor).toEqual(expect.any(String));
    expect(Object.keys(data.items[0]).sort()).toEqual(
      'createdAt disabled email hasPassword id name passwordOff permissions roles slowedBy'.split(' '),
    );
    const { data: last } = await inJson('list', '--email', '.list@', '--cursor', data.nextCursor);
    expect(last).toMatchObject({
      items: [{ email: emails[2], roles: ['admin', 'editor'] }],
      nextCursor: null,
    });
  });

  it('can be of disabled accounts', async () => {
    await user('disable', emails[1]!);
    expect((await user('list', '--disabled')).stdout).toMatch(/l2\.list@example\.com .* disabled +\d/);
    const { data } = await inJson('list', '--disabled');
    expect(data.items.map(({ email }: { email: string }) => email)).toEqual([emails[1]]);
  });

  it('says so when there is nobody, and what a limit or a cursor must be', async () => {
    expect((await user('list', '--email', 'nobody')).stdout).toBe('No account matches.\n');
    for (const wrong of ['0', 'many']) {
      const { code, stderr } = await user('list', '--limit', wrong);
      expect([code, stderr]).toEqual([
        2,
        expect.stringContaining('limit must be a whole number from 1 to 200'),
      ]);
    }
    expect((await user('list', '--cursor', 'x')).stderr).toBe('cursor must be the nextCursor of a page\n');
  });
});

describe('an account whose password is off', () => {
  const email = 'off@example.com';
  beforeAll(async () => {
    await create(email);
    await login(email, 'not the sentence of anyone');
    await run('sessions', 'purge'); // what is counted for a user stays
    const { Client } = await import('pg');
    const client = new Client(database.url);
    await client.connect();
    await client.query('UPDATE login_attempts SET total = 100, failures = 1, free_at = NULL');
    await client.end();
  });

  it('is listed by --locked and shown as such until it is enabled', async () => {
    expect((await login(email)).status).toBe(401);
    expect((await user('list', '--locked')).stdout).toMatch(/off@example\.com .* password off +\d/);
    expect((await user('show', email)).stdout).toMatch(
      /\nState: +password off\nPassword: +off after too many failures.*\nFailures: +101 by strangers, refused\n/,
    );
    await user('enable', email);
    expect((await inJson('list', '--locked')).data).toEqual({ items: [], nextCursor: null });
    expect((await inJson('show', email)).data).toMatchObject({ passwordOff: false });
    expect((await login(email)).status).toBe(200);
  });
});

describe('latchkey user show and roles', () => {
  it('show everything but the password', async () => {
    const id = await create('show@example.com', '--name', 'Ada', '--role', 'admin');
    await login('show@example.com');
    const answer = await user('show', 'SHOW@example.com');
    expect(answer.stdout).toMatch(
      new RegExp(
        `^Id: +${id}\nEmail: +show@example\\.com\nName: +Ada\nRoles: +admin\nPermissions: none\n` +
          'State: +active\nPassword: +set\nSessions: +1\nCreated: +\\d{4}.*Z\n$',
      ),
    );
    expectNoSecrets(answer);
    expect((await inJson('show', id)).data).toEqual({
      id,
      email: 'show@example.com',
      name: 'Ada',
      roles: ['admin'],
      permissions: [],
      disabled: false,
      createdAt: expect.any(String),
      hasPassword: true,
      passwordOff: false,
      slowedBy: [],
      sessions: 1,
    });
  });

  it('roles shows them, replaces those given and keeps the others', async () => {
    const email = 'roles@example.com';
    const id = await create(email, '--role', 'admin', '--permission', 'a:b');
    const access = async (...options: string[]) => {
      const { roles, permissions } = (await inJson('roles', email, ...options)).data;
      return { roles, permissions };
    };
    expect((await user('roles', id)).stdout).toBe('Roles:       admin\nPermissions: a:b\n');
    expect(await access('--role', 'owner', 'editor')).toEqual({
      roles: ['owner', 'editor'],
      permissions: ['a:b'],
    });
    expect(await access('--permission', 'c:d')).toEqual({ roles: ['owner', 'editor'], permissions: ['c:d'] });
    expect(await access()).toEqual({ roles: ['owner', 'editor'], permissions: ['c:d'] });
    const none = await user('roles', email, '--none');
    expect(none.stdout).toBe(
      'roles@example.com now has these roles and permissions; sessions get them at their next refresh.\n' +
        'Roles:       none\nPermissions: none\n',
    );
    for (const wrong of [' ', 'x'.repeat(101), 'a\u202eb'])
      expect((await user('roles', email, '--role', wrong)).stderr).toMatch(/^roles: ".*" cannot be used/);
    expect(refused(await user('roles', email, '--none', '--role', 'admin'))).toEqual([
      2,
      '',
      '--none cannot be combined with --role or --permission.\n',
    ]);
  });
});

describe('latchkey user sessions and end-sessions', () => {
  it('show sessions and end one of them, or all', async () => {
    const email = 'sessions@example.com';
    await create(email);
    expect((await user('sessions', email)).stdout).toBe(`${email} has no live session.\n`);
    for (let i = 0; i < 3; i++) await login(email);
    const listed = await user('sessions', email);
    expect(listed.stdout).toMatch(/^session id +began +last used +expires +address +device\n/);
    expect(listed.stdout.match(/ 127\.0\.0\.1/g)).toHaveLength(3);
    const { data: sessions } = await inJson('sessions', email);
    const { id: sid } = sessions[0];
    expect(sessions[0]).toEqual({
      id: expect.any(String),
      createdAt: expect.any(String),
      lastUsedAt: expect.any(String),
      expiresAt: expect.any(String),
      ip: '127.0.0.1',
      userAgent: 'curl/8.0',
      device: null,
    });

    const one = await user('end-sessions', email, sid);
    expect([one.code, one.stdout]).toEqual([0, `The session ${sid} of ${email} has ended.\n`]);
    const again = await user('end-sessions', email, 'nonsense');
    expect(refused(again)).toEqual([
      1,
      '',
      `${email} has no session nonsense: see latchkey user sessions ${email}.\n`,
    ]);
    expect((await inJson('sessions', email)).data).toHaveLength(2);
    expect((await user('end-sessions', email)).stdout).toBe(`${email} is logged out everywhere.\n`);
    expect((await inJson('sessions', email)).data).toEqual([]);
  });
});

describe('latchkey user delete', () => {
  it('asks for --yes, then deletes the account with its sessions', async () => {
    const email = 'delete@example.com';
    const id = await create(email);
    const { body } = await login(email);
    const [code, stdout, stderr] = refused(await user('delete', email));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^This deletes delete@example\.com for good\. .*add --yes\./);
    expect((await login(email)).status).toBe(200);

    expect((await user('delete', id, '--yes')).stdout).toMatch(/^delete@example\.com has been deleted\./);
    const { refreshToken } = body;
    expect((await service.client.post('/auth/refresh', { refreshToken })).body.error).toBe('TOKEN_REVOKED');
    expect((await login(email)).status).toBe(401);
    await create(email);
  });
});

it.each([
  ['show', 'nobody@example.com'],
  ['show', '00000000-0000-4000-8000-000000000000'],
  ['show', 'nobody'],
  ['roles', 'nobody@example.com', '--none'],
  ['disable', 'nobody@example.com'],
  ['enable', 'nobody@example.com'],
  ['sessions', 'nobody@example.com'],
  ['end-sessions', 'nobody@example.com'],
  ['delete', 'nobody@example.com', '--yes'],
])('latchkey user %s says when there is no user %s', async (command, who, ...options) => {
  expect(refused(await user(command, who, ...options))).toEqual([1, '', `There is no user ${who}.\n`]);
});

it('latchkey --version prints that of the package, from sources and built', async () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  expect(await runCliProcess(['--version'], {})).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});
