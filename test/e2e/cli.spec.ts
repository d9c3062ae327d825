import { randomBytes } from 'node:crypto';
import { PASSWORD } from '../support/client.js';
import { type CliRun, expectNothingSecret, runCli, runCliProcess, runCliUnread } from '../support/cli.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { freePort } from '../support/redis.js';
import { startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

let database: TestDatabase;
let settings: Record<string, string>;
beforeAll(async () => {
  database = await createMigratedDatabase();
  const { JWT_ACCESS_PRIVATE_KEY: _, ...rest } = productionSettings(database.url);
  settings = { ...rest, KEY_ENCRYPTION_SECRET: randomBytes(48).toString('base64url') };
});
afterAll(() => database.drop());

const run = (...args: string[]) => runCli(args, settings);
const inJson = async (...args: string[]) => {
  const { code, stdout } = await run(...args, '--json');
  return { code, data: JSON.parse(stdout) };
};
const expectNoSecrets = (answer: CliRun, ...others: string[]) =>
  expectNothingSecret(answer, [settings.KEY_ENCRYPTION_SECRET!, settings.JWT_REFRESH_SECRET!, ...others]);

describe('latchkey keys', () => {
  const keys = async () => (await inJson('keys', 'list')).data;

  it('list shows what each key does, and no private part', async () => {
    const [key] = await keys();
    expect(key).toMatchObject({ algorithm: 'ES256', state: 'active', signs: true });
    expect(key).not.toHaveProperty('privateKey');
    const listed = await run('keys', 'list');
    expect(listed.stdout).toMatch(/^key id +algorithm +state/);
    expect(listed.stdout).toContain(`${key.kid}  ES256      active, signs`);
    expectNoSecrets(listed);
  });

  it('rotate adds a key that signs later', async () => {
    const rotated = await run('keys', 'rotate');
    const said = expect.stringMatching(/is published now and signs from/);
    expect([rotated.code, rotated.stdout]).toEqual([0, said]);
    expectNoSecrets(rotated);
    expect((await keys()).map(({ state }: { state: string }) => state)).toEqual(['pending', 'active']);
  });

  it('retire has the next one sign at once, remove leaves nothing of a key', async () => {
    const old = (await keys()).at(-1).kid;
    const retired = await run('keys', 'retire', old);
    expect([retired.code, retired.stdout]).toEqual([
      0,
      expect.stringMatching(/stay valid until they expire/),
    ]);
    expect((await inJson('keys', 'remove', old)).data).toEqual({ kid: old, remove: true });
    expect(await keys()).toEqual([expect.objectContaining({ state: 'active', signs: true })]);
  });

  it('a key that is not there is said so, exit code 1', async () => {
    const answer = await run('keys', 'remove', 'nobody');
    expect([answer.code, answer.stdout, answer.stderr]).toEqual([
      1,
      '',
      'There is no key nobody: see latchkey keys list.\n',
    ]);
    expect(await inJson('keys', 'retire', 'nobody')).toEqual({
      code: 1,
      data: { error: 'There is no key nobody: see latchkey keys list.' },
    });
  });

  it('a key id that begins with a dash, as one in 64 does, is no option', async () => {
    const check = async (command: string) => {
      const { code, stderr } = await run('keys', command, '-Abc_def');
      expect([code, stderr]).toEqual([1, 'There is no key -Abc_def: see latchkey keys list.\n']);
      expect(await inJson('keys', command, '-habc')).toMatchObject({ code: 1 });
    };
    await Promise.all(['retire', 'remove'].map(check));
  });

  it('without a ring say how to have one', async () => {
    const { code, stderr } = await runCli(['keys', 'list'], productionSettings(database.url));
    expect([code, stderr]).toEqual([1, expect.stringContaining('KEY_ENCRYPTION_SECRET')]);
  });
});

describe('latchkey clients', () => {
  it('create shows the secret once, list never, remove takes it out', async () => {
    const { code, data } = await inJson('clients', 'create', 'orders.api');
    expect([code, data]).toEqual([0, { id: 'orders.api', secret: expect.stringMatching(/^[\w-]{43}$/) }]);
    const again = await run('clients', 'create', 'orders.api');
    expect([again.code, again.stderr]).toEqual([1, expect.stringMatching(/already/)]);
    const list = await run('clients', 'list');
    expect(list.stdout).toContain('orders.api');
    expectNoSecrets(list, data.secret);
    expect((await run('clients', 'remove', 'orders.api')).code).toBe(0);
    expect((await run('clients', 'remove', 'orders.api')).code).toBe(1);
  });

  it('an id that is none is refused', async () => {
    const { code, stderr } = await run('clients', 'create', 'a b');
    expect([code, stderr]).toEqual([1, expect.stringMatching(/A client id must consist of/)]);
  });
});

describe('latchkey user', () => {
  it('create, disable and enable an account that the service knows', async () => {
    // As a process, for its standard input; the service starts meanwhile.
    const creating = runCliProcess(
      ['user', 'create', 'Ada@Example.com', '--name', 'Ada', '--role', 'admin', '--password-stdin', '--json'],
      settings,
      `${PASSWORD}\n`,
    );
    const [service, made] = await Promise.all([startServiceHere(settings), creating]);
    expect([made.code, JSON.parse(made.stdout)]).toEqual([
      0,
      { id: expect.any(String), email: expect.stringMatching(/ada@example\.com/i) },
    ]);
    expectNoSecrets(made, PASSWORD);

    const login = () => service.client.post('/auth/login', { email: 'ada@example.com', password: PASSWORD });
    const { status, body } = await login();
    expect([status, body.user.roles]).toEqual([200, ['admin']]);
    expect((await run('user', 'disable', 'ada@example.com')).code).toBe(0);
    expect((await login()).status).toBe(401);
    expect((await service.client.post('/auth/refresh', { refreshToken: body.refreshToken })).status).toBe(
      401,
    );
    expect((await run('user', 'enable', 'ada@example.com')).code).toBe(0);
    expect((await login()).status).toBe(200);
    await service.end();
  });

  it('create makes a password where none is given, and shows it once', async () => {
    const { code, stdout } = await run('user', 'create', 'grace@example.com');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Password: [\w-]{24} \(not shown again\)/)]);
  });

  it.each([
    ['a password that is too weak', ['user', 'create', 'eve@example.com', '--password-stdin'], 'short'],
    ['an address that is none', ['user', 'create', 'nobody'], ''],
    ['an address that is taken', ['user', 'create', 'grace@example.com'], ''],
    ['nobody to disable', ['user', 'disable', 'nobody@example.com'], ''],
    ['nobody to enable', ['user', 'enable', 'nobody@example.com'], ''],
  ])('%s is refused with the reason, exit code 1', async (_, args, input) => {
    const answer = await runCli(args, settings, input);
    expect([answer.code, answer.stdout]).toEqual([1, '']);
    expect(answer.stderr.trim()).not.toBe('');
    expectNoSecrets(answer);
  });
});

describe('latchkey sessions purge, migrate', () => {
  it('say what they did', async () => {
    expect(await inJson('migrate')).toEqual({ code: 0, data: { done: true } });
    expect(await inJson('sessions', 'purge')).toEqual({ code: 0, data: { deleted: expect.any(Number) } });
    expect((await run('sessions', 'purge')).stdout).toMatch(/^\d+ rows of ended sessions/);
  });
});

describe('the exit code is', () => {
  // A process takes a second to load: these two load side by side, while other tests run.
  let nonsense: Promise<CliRun>;
  let away: Promise<CliRun>;
  let password: string;
  beforeAll(async () => {
    const url = new URL(database.url);
    url.port = String(await freePort());
    password = url.password;
    nonsense = runCliProcess(['nonsense'], settings);
    away = runCliProcess(['keys', 'list', '--json'], { ...settings, DATABASE_URL: url.href });
  });

  it('2 for a wrong configuration', async () => {
    const answer = await runCli(['keys', 'list'], { ...settings, JWT_ALGORITHM: 'none' });
    expect([answer.code, answer.stderr]).toEqual([2, expect.stringContaining('JWT_ALGORITHM')]);
    expectNoSecrets(answer);
  });

  it('2 for a wrong command line, with the usage, as a process too', async () => {
    for (const args of [
      ['keys', 'retire'],
      ['keys', 'list', '--nonsense'],
    ])
      expect((await runCli(args, settings)).code).toBe(2);
    expect((await nonsense).code).toBe(2);
  });

  it('3 when the database is away, as a process', async () => {
    const answer = await away;
    expect([answer.code, JSON.parse(answer.stdout)]).toEqual([3, { error: expect.any(String) }]);
    expectNoSecrets(answer, password);
  });

  it('0 for help', async () => {
    const { code, stdout } = await runCli(['--help'], settings);
    expect([code, stdout]).toEqual([0, expect.stringContaining('Exit codes')]);
    expect((await runCli(['keys', '--help'], settings)).stdout).toMatch(/rotate/);
  });
});

describe('output that nobody reads to its end', () => {
  it.each<[string[], 'stdout' | 'stderr', number]>([
    [['--help'], 'stdout', 0],
    [['keys', 'list'], 'stdout', 0],
    [['keys', 'list', '--json'], 'stdout', 0],
    [['keys', 'remove', 'nobody'], 'stderr', 1],
    [['nonsense'], 'stderr', 2],
  ])('changes neither the exit code of %j nor what else it says', async (args, unread, code) => {
    expect(await runCliUnread(args, settings, unread)).toEqual({ code, signal: null, other: '' });
  });
});
