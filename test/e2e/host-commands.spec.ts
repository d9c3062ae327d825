import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client as Postgres } from 'pg';
import { type CliRun, runCli } from '../support/cli.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { type OwnDatabaseHost, startOwnDatabaseHost } from '../support/own-database-host.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { until } from '../support/until.js';

const secret = () => randomBytes(48).toString('base64url');
const PEPPER = secret();

let database: TestDatabase;
let host: OwnDatabaseHost;
let folder: string;
let admin: Postgres;
let settings: Record<string, string>;
beforeAll(async () => {
  database = await createDatabase();
  admin = new Postgres(database.url);
  await admin.connect();
  folder = await mkdtemp(join(tmpdir(), 'host-commands-'));
  settings = { DATABASE_URL: database.url, DATABASE_SCHEMA: 'auth', BCRYPT_COST: '10' };
  const options = { passwords: { peppers: [PEPPER], bcryptCost: 10 } };
  host = await startOwnDatabaseHost(
    { url: database.url, schema: 'auth' },
    { options, parts: { passwordHasher: undefined } },
  );
});
afterAll(async () => {
  await host?.app.close();
  await admin?.end();
  await rm(folder, { recursive: true, force: true });
  await database?.drop();
});

const run = (args: string, more: Record<string, string> = {}, input = '') =>
  runCli(args.split(' '), { ...settings, ...more }, input);
const expectDone = (answer: CliRun) => expect(answer).toMatchObject({ code: 0 });
const register = async () => {
  const email = newEmail();
  const { body } = await host.client.post('/auth/register', { email, password: PASSWORD });
  return { email, token: body.accessToken as string, id: body.user.id as string };
};

describe('the command line for an app that passes its keys as options', () => {
  it('requires nothing but the place of the tables', async () => {
    const { email } = await register();
    for (const command of [
      'user list',
      `user show ${email}`,
      `user roles ${email} --role editor`,
      `user sessions ${email}`,
      `user end-sessions ${email}`,
      `user disable ${email}`,
      `user enable ${email}`,
      `sessions end --user ${email}`,
      'sessions end --before 2020-01-01 --yes',
      'sessions purge',
      'clients create orders',
      'clients list',
      'clients remove orders',
      `user delete ${email} --yes`,
    ])
      expectDone(await run(command));
  });

  it.each<[string, () => Record<string, string>]>([
    ['the secret of HS256', () => ({ JWT_ACCESS_SECRET: secret() })],
    ['an unusable key', () => ({ JWT_ACCESS_PRIVATE_KEY: 'no key', JWT_ALGORITHM: 'none' })],
    ['an issuer that is no address', () => ({ PUBLIC_URL: 'shop', CORS_ORIGINS: '*', PORT: 'none' })],
  ])('does not judge variables that it does not use: %s', async (_, more) => {
    expectDone(await run('user list', more()));
  });

  it('creates accounts that can log in, with the pepper of the app', async () => {
    const email = newEmail();
    expectDone(
      await run(`user create ${email} --role admin --password-stdin`, { PASSWORD_PEPPER: PEPPER }, PASSWORD),
    );
    const { status, body } = await host.client.post('/auth/login', { email, password: PASSWORD });
    expect([status, body.user?.roles]).toEqual([200, ['admin']]);
  });

  it('imports accounts', async () => {
    const file = join(folder, 'users.ndjson');
    await writeFile(file, JSON.stringify({ email: newEmail() }));
    expectDone(await run(`user import ${file}`));
  });

  it.each([
    ['BCRYPT_COST', '99'],
    ['PASSWORD_PEPPER', 'short'],
    ['DATABASE_POOL_SIZE', 'many'],
    ['REDIS_URL', 'nowhere'],
  ])('still judges %s', async (name, value) => {
    const { code, stderr } = await run('user list', { [name]: value });
    expect([code, stderr]).toEqual([2, expect.stringContaining(`  - ${name} `)]);
    expect(stderr.match(/ {2}- /g)).toHaveLength(1);
  });

  it('still requires the keys where it works with them', async () => {
    const { code, stderr } = await run('keys list');
    expect([code, stderr]).toEqual([2, expect.stringContaining('PUBLIC_URL')]);
  });

  it('records the end of sessions for as long as a token of the app can be valid', async () => {
    const days = async (id: string) => {
      const { rows } = await admin.query<{ days: number }>(
        'SELECT (extract(epoch FROM max(until) - now()) / 86400)::int AS days FROM auth.revocations WHERE id = $1',
        [id],
      );
      return rows[0]!.days;
    };
    const [one, two] = [await register(), await register()];
    expectDone(await run(`user disable ${one.email}`));
    await until(async () => (await host.client.get('/auth/me', { token: one.token })).status === 401);
    expect(await days(one.id)).toBe(30);
    expectDone(await run(`user disable ${two.email}`, { JWT_ACCESS_TTL: '2d' }));
    expect(await days(two.id)).toBe(2);
  });

  it('does not delete events that the app keeps for longer than the service would', async () => {
    await admin.query("UPDATE auth.auth_events SET at = now() - interval '2 years'");
    const count = async () => (await admin.query('SELECT 1 FROM auth.auth_events')).rowCount!;
    const before = await count();
    expectDone(await run('sessions purge'));
    expect(await count()).toBeGreaterThanOrEqual(before);
    expect(before).toBeGreaterThan(0);
  });
});

describe.each(['migrate', 'user list'])('latchkey %s', (command) => {
  const inFiles = async (more: Record<string, string>) => {
    const { code, stderr } = await runCli(command.split(' '), { DATABASE_SCHEMA: 'auth', ...more });
    return [code, stderr.split('\n').filter((line) => line.startsWith('  - '))];
  };

  it('reads the place of the tables from a file', async () => {
    const file = join(folder, 'url');
    await writeFile(file, `${database.url}\n`);
    expect(await inFiles({ DATABASE_URL_FILE: file })).toEqual([0, []]);
  });

  it('says what is wrong with that file', async () => {
    expect(await inFiles({ DATABASE_URL_FILE: join(folder, 'absent') })).toEqual([
      2,
      ['  - DATABASE_URL_FILE names a file that cannot be read (ENOENT)'],
    ]);
    expect(await inFiles({ DATABASE_URL_FILE: join(folder, 'url'), DATABASE_URL: database.url })).toEqual([
      2,
      ['  - DATABASE_URL_FILE and DATABASE_URL are both set: remove one of them'],
    ]);
  });
});
