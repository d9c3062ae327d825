import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import * as api from '../../src/index.js';

const SRC = join(import.meta.dirname, '../../src');

interface Source {
  /** From `src`, such as `tokens/claims.ts`. */
  file: string;
  text: string;
}

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(SRC, file), 'utf8') }));

/** What a file imports: paths from `src` for our own files, names for packages. */
function importsOf({ file, text }: Source): string[] {
  return [...text.matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm)]
    .map(([, a, b, c]) => (a ?? b ?? c)!)
    .map((target) => (target.startsWith('.') ? posix.join(posix.dirname(file), target) : target));
}

const folderOf = (path: string) => path.split('/')[0]!;
const CORE = [
  'alerts',
  'cleanup',
  'clients',
  'database',
  'errors',
  'events',
  'keys',
  'redis',
  'revocation',
  'sessions',
  'tokens',
  'users',
];
/** What is built on the library as a host would build on it. */
const APPS = ['service', 'cli', 'settings'];
const HTTP = /^(@nestjs\/(core|passport|throttler|swagger|platform-.*)|express|fastify|passport.*|cookie)$/;

/** Each rule tells what is wrong with a file, or nothing. */
const RULES: Record<string, (source: Source) => string[]> = {
  'the service, the command line and their settings import the library as a host would, from index.ts': (
    source,
  ) =>
    APPS.includes(folderOf(source.file))
      ? importsOf(source).filter((path) => [...CORE, 'auth'].includes(folderOf(path)))
      : [],
  'nothing but main.ts and the service imports the service': (source) =>
    source.file === 'main.ts' || folderOf(source.file) === 'service'
      ? []
      : importsOf(source).filter((path) => folderOf(path) === 'service'),
  'the library imports neither the command line nor the settings': (source) =>
    source.file === 'main.ts' || APPS.includes(folderOf(source.file))
      ? []
      : importsOf(source).filter((path) => APPS.includes(folderOf(path))),
  'nothing imports the command line': (source) =>
    folderOf(source.file) === 'cli' ? [] : importsOf(source).filter((path) => folderOf(path) === 'cli'),
  'the embedded PostgreSQL imports nothing of the rest': (source) =>
    folderOf(source.file) === 'embedded-postgres'
      ? importsOf(source).filter((path) => path.endsWith('.js') && folderOf(path) !== 'embedded-postgres')
      : [],
  'the core imports neither the edge nor HTTP nor Passport': (source) =>
    CORE.includes(folderOf(source.file))
      ? importsOf(source).filter(
          (path) => folderOf(path) === 'auth' || path === 'index.js' || HTTP.test(path),
        )
      : [],
  'the library does not import its own index': (source) =>
    [...CORE, 'auth'].includes(folderOf(source.file))
      ? importsOf(source).filter((path) => path === 'index.js')
      : [],
  'the browser client imports nothing but itself': (source) =>
    folderOf(source.file) === 'client'
      ? importsOf(source).filter((path) => folderOf(path) !== 'client')
      : importsOf(source).filter((path) => folderOf(path) === 'client'),
  'the environment is read in the configuration alone': (source) =>
    source.file === 'settings/configuration.ts' ? [] : (source.text.match(/process\.env/g) ?? []),
  'a file has at most 200 lines': (source) =>
    source.text.split('\n').length > 201 ? [`${source.text.split('\n').length} lines`] : [],
  'the helper for Next.js imports jose and nothing of the rest': (source) =>
    folderOf(source.file) === 'next'
      ? importsOf(source).filter((path) => folderOf(path) !== 'next' && path !== 'jose')
      : importsOf(source).filter((path) => folderOf(path) === 'next'),
  'nothing imports the test kit': (source) =>
    folderOf(source.file) === 'testing'
      ? []
      : importsOf(source).filter((path) => folderOf(path) === 'testing'),
  'index.ts and that of the test kit are the only barrels': (source) =>
    !['index.ts', 'testing/index.ts'].includes(source.file) &&
    /^export (\*|\{[^}]*\}) from/m.test(source.text)
      ? ['re-exports']
      : [],
};

describe('the tree', () => {
  it.each(Object.entries(RULES))('%s', (_, rule) => {
    const offences = sources.flatMap((source) => rule(source).map((what) => `${source.file}: ${what}`));
    expect(offences).toEqual([]);
  });

  it.each([
    [
      'the service, the command line and their settings import the library as a host would, from index.ts',
      'cli/x.ts',
      `import { a } from '../tokens/a.js'`,
    ],
    [
      'nothing but main.ts and the service imports the service',
      'cli/x.ts',
      `import { a } from '../service/logger.js'`,
    ],
    [
      'the library imports neither the command line nor the settings',
      'auth/x.ts',
      `import { a } from '../settings/configuration.js'`,
    ],
    ['nothing imports the command line', 'service/x.ts', `import { a } from '../cli/run.js'`],
    [
      'the embedded PostgreSQL imports nothing of the rest',
      'embedded-postgres/x.ts',
      `import { a } from '../settings/a.js'`,
    ],
    [
      'the core imports neither the edge nor HTTP nor Passport',
      'tokens/x.ts',
      `import { a } from '../auth/a.js'`,
    ],
    [
      'the core imports neither the edge nor HTTP nor Passport',
      'users/x.ts',
      `import { P } from 'passport-jwt'`,
    ],
    ['the library does not import its own index', 'auth/x.ts', `import { a } from '../index.js'`],
    ['the browser client imports nothing but itself', 'client/x.ts', `import { a } from 'jose'`],
    ['the environment is read in the configuration alone', 'auth/x.ts', `const a = process.env.A`],
    ['a file has at most 200 lines', 'auth/x.ts', '\n'.repeat(250)],
    [
      'the helper for Next.js imports jose and nothing of the rest',
      'next/x.ts',
      `import { AuthError } from '../errors/auth-error.js'`,
    ],
    ['nothing imports the test kit', 'auth/x.ts', `import { signIn } from '../testing/sign-in.js'`],
    ['index.ts and that of the test kit are the only barrels', 'auth/index.ts', `export { a } from './a.js'`],
  ])('would notice: %s (%s)', (rule, file, text) => {
    expect(RULES[rule]!({ file, text })).not.toEqual([]);
  });

  it('the index exports what hosts are promised', () => {
    const promised = [
      'AuthModule JwtAuthGuard RefreshJwtGuard RolesGuard Public CurrentUser Roles Permissions AuthService TokensService',
      'AccessJwtStrategy RefreshJwtStrategy AuthError AuthExceptionFilter RefreshToken User authEntities authMigrations',
      'UserStore PasswordHasher RevocationList',
    ].flatMap((line) => line.split(' '));
    expect(promised.filter((name) => !(name in api))).toEqual([]);
  });
});
