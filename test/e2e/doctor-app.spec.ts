import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runProgram } from '../../src/cli/program.js';
import { expectNothingSecret } from '../support/cli.js';
import { createDatabase, createMigratedDatabase, queryOnce, type TestDatabase } from '../support/postgres.js';
import { freePort } from '../support/free-port.js';

const ROOT = join(import.meta.dirname, '../..');
const SECRET = 'a-secret-of-the-host-that-must-never-be-printed-0123456789';
const STRONG = ['9Zq3f8hLk2Wm7Rt5Yv1Xc6Bn0Pd4Sg', 'uE5oJa8Ti3Qy7Ml2Kz9Hb4Vw1Nx6Cr'].map(
  (text) => `${text}-${text}`,
);

let folder: string;
let database: TestDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
  folder = await mkdtemp(join(tmpdir(), 'host-'));
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'dist'));
  const dependencies = { '@nestjs/core': '^12.0.0', latchkey: '^0.1.0' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'shop', dependencies }));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await database.drop();
});

/** What a host's compiled root module is, without a compiler. */
async function writeApp(
  file: string,
  { url = database.url, options = '', latchkey = join(ROOT, 'src/index.ts'), exported = 'AppModule' } = {},
) {
  await writeFile(
    join(folder, 'dist', file),
    `import { Module } from '@nestjs/common';
     import { TypeOrmModule } from '@nestjs/typeorm';
     import { AuthModule, authEntities, authMigrations } from ${JSON.stringify(latchkey)};
     export class ${exported} {}
     Module({
       imports: [
         TypeOrmModule.forRoot({ type: 'postgres', url: ${JSON.stringify(url)}, retryAttempts: 0,
           entities: [...authEntities], migrations: [...authMigrations] }),
         AuthModule.forRoot({ jwt: { algorithm: 'HS256', accessSecret: '${STRONG[0]}', refreshSecret: '${STRONG[1]}' }, ${options} }),
       ],
     })(${exported});`,
  );
  return `dist/${file}`;
}

async function doctor(args: string[], env: Record<string, string> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await runProgram(['doctor', ...args], {
    env,
    cwd: folder,
    stdin: Readable.from([]),
    stdout,
    stderr,
  });
  return { code, stdout: await text(stdout.end()), stderr: await text(stderr.end()) };
}

async function findingsOf(...args: string[]) {
  const answer = await doctor([...args, '--json']);
  expectNothingSecret(answer, [SECRET, ...STRONG]);
  const { findings } = JSON.parse(answer.stdout) as {
    findings: { check: string; state: string; message: string }[];
  };
  return { code: answer.code, findings };
}

describe('latchkey doctor in the folder of an app with the module', () => {
  it('gives no advice about the variables of the service, but says how to check the app', async () => {
    const answer = await doctor([], { JWT_SECRET: SECRET, JWT_REFRESH_SECRET: SECRET });
    expect(answer.code).toBe(2);
    expect(answer.stderr).toContain('latchkey doctor --app dist/app.module.js');
    expect(answer.stderr).not.toMatch(/remove|unset|is missing/);
    expectNothingSecret(answer, [SECRET]);
  });

  it('judges what the app uses', async () => {
    const { code, findings } = await findingsOf('--app', await writeApp('sound.mjs'));
    expect(findings.map(({ check, state }) => [check, state])).toEqual([
      ['options', 'ok'],
      ['database', 'ok'],
      ['clock', 'ok'],
      ['schema', 'ok'],
      ['grants', 'ok'],
      ['keys', 'ok'],
      ['instances', 'ok'],
      ['hashing', 'ok'],
    ]);
    expect(code).toBe(0);
  });

  it('names what is unsafe in the options of the app', async () => {
    const file = await writeApp('unsafe.mjs', {
      options: 'rateLimits: false, cookies: { secure: false }, sessions: { absoluteTtl: "1095d" }',
    });
    const { code, findings } = await findingsOf('--app', file);
    const warnings = findings
      .filter(({ state }) => state === 'warning')
      .map(({ message }) => message.split(' ')[0]);
    expect(warnings).toEqual(['sessions.absoluteTtl', 'rateLimits', 'cookies.secure']);
    expect(code).toBe(0);
  });

  it.each([
    ['invalid options', { options: 'sessions: { leeway: "2h" }' }, /sessions\.leeway/],
    ['another name', { exported: 'ShopModule' }, /exports no class AppModule: name it with --export/],
  ])('says what keeps the app from starting: %s', async (_, app, message) => {
    const { code, findings } = await findingsOf(
      '--app',
      await writeApp(`broken-${message.source.length}.mjs`, app),
    );
    expect(findings).toEqual([{ check: 'app', state: 'problem', message: expect.stringMatching(message) }]);
    expect(code).toBe(1);
  });

  it('says so when the tables are missing, and does not create them', async () => {
    const empty = await createDatabase();
    try {
      const { code, findings } = await findingsOf('--app', await writeApp('empty.mjs', { url: empty.url }));
      expect(findings).toEqual([
        { check: 'app', state: 'problem', message: expect.stringMatching(/lacks the table .*migrations/) },
      ]);
      expect(code).toBe(1);
    } finally {
      await empty.drop();
    }
  });

  it('says so when the database is away', async () => {
    const url = new URL(database.url);
    url.port = String(await freePort());
    const { code, findings } = await findingsOf('--app', await writeApp('away.mjs', { url: url.href }));
    expect(findings).toEqual([
      { check: 'app', state: 'problem', message: expect.stringMatching(/does not start/) },
    ]);
    expect(code).toBe(1);
  });

  it('finds the module under the name it is given', async () => {
    const file = await writeApp('shop.mjs', { exported: 'ShopModule' });
    expect((await findingsOf('--app', file, '--export', 'ShopModule')).code).toBe(0);
  });

  it('says which file is missing', async () => {
    const { code, findings } = await findingsOf('--app', 'dist/nothing.js');
    expect([code, findings[0]!.message]).toEqual([
      1,
      expect.stringContaining('dist/nothing.js does not exist'),
    ]);
  });

  it.each([
    ['a folder', 'dist'],
    ['a source file', 'dist/app.module.ts'],
  ])('asks for the compiled file in place of %s', async (_, file) => {
    await writeFile(join(folder, 'dist/app.module.ts'), 'export class AppModule {}');
    const { code, findings } = await findingsOf('--app', file);
    expect([code, findings.map(({ message }) => message)]).toEqual([
      1,
      [`${file} cannot be loaded: name the compiled file of the root module, such as dist/app.module.js`],
    ]);
  });

  it('prints no password of a URL that an error of the app quotes', async () => {
    await writeFile(
      join(folder, 'dist/throws.mjs'),
      `throw new Error('cannot reach redis://shop:${SECRET}@cache:6379/0 today');`,
    );
    const { findings } = await findingsOf('--app', 'dist/throws.mjs');
    expect(findings[0]!.message).toBe('does not start: cannot reach redis://***@cache:6379/0 today');
  });

  it('examines each of two modules, and says which one it is', async () => {
    const source = (
      name: string,
    ) => `TypeOrmModule.forRoot({ type: 'postgres', name: '${name}', schema: '${name}',
      url: ${JSON.stringify(database.url)}, retryAttempts: 0, migrationsRun: true, entities: [...authEntities],
      migrations: [...authMigrations] })`;
    const auth = (name: string, more: string) => `AuthModule.forRoot({ isGlobal: false, dataSource: '${name}',
      path: { auth: '${name}/auth', oauth: '${name}/oauth', wellKnown: '${name}/.well-known' }, cookies: { name: '${name}' },
      jwt: { algorithm: 'HS256', accessSecret: '${STRONG[0]}', refreshSecret: '${STRONG[1]}', audience: '${name}' }, ${more} })`;
    for (const name of ['customers', 'staff']) await queryOnce(database.url, `CREATE SCHEMA ${name}`, []);
    await writeFile(
      join(folder, 'dist/two.mjs'),
      `import { Module } from '@nestjs/common';
       import { TypeOrmModule } from '@nestjs/typeorm';
       import { AuthModule, authEntities, authMigrations } from ${JSON.stringify(join(ROOT, 'src/index.ts'))};
       const within = (auth) => { class Inner {} return { module: Inner, imports: [auth] }; };
       export class AppModule {}
       Module({ imports: [${source('customers')}, ${source('staff')}, within(${auth('customers', '')}),
         within(${auth('staff', 'rateLimits: false')})] })(AppModule);`,
    );
    const { code, findings } = await findingsOf('--app', 'dist/two.mjs');
    const options = findings.filter(({ check }) => check === 'options');
    expect(options.map(({ state, message }) => [state, message.split(':')[0]])).toEqual([
      ['ok', 'audience customers of latchkey'],
      ['warning', 'audience staff of latchkey'],
    ]);
    expect(code).toBe(0);
  });
});
