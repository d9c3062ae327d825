import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import * as api from '../../src/index.js';

const SRC = join(import.meta.dirname, '../../src');

interface Source {
  /** Relative to `src`, such as `tokens/claims.ts`. */
  file: string;
  text: string;
}

const sources: Source[] = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(SRC, file), 'utf8') }));

/** What a file imports: paths relative to `src` for our own files, names for packages. */
function importsOf({ file, text }: Source): string[] {
  return [...text.matchAll(/\bfrom '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm)]
    .map(([, a, b, c]) => (a ?? b ?? c)!)
    .map((target) => (target.startsWith('.') ? posix.join(posix.dirname(file), target) : target));
}

const roomOf = (path: string) => path.split('/')[0]!;

const ROOMS = 'every room is in the table and imports only what the table allows';
const GROUND = ['database', 'redis', 'cleanup', 'errors', 'instances', 'tracing'];
/** Rooms that know nothing of HTTP, Nest's edge or Passport. */
const CORE = [
  ...GROUND,
  'users',
  'sessions',
  'clients',
  'events',
  'keys',
  'alerts',
  'webhooks',
  'audit-export',
  'revocation',
  'tokens',
  'actions',
  'mfa',
  'accounts',
  'passkeys',
  'mail',
];

/**
 * The rooms of `src`, and which others each of them may import: a whole room, or a single file of one. A new room needs a
 * line here.
 */
const MAY_IMPORT: Record<string, readonly string[]> = {
  errors: [],
  brand: [],
  tracing: [],
  database: ['errors', 'tracing'],
  redis: ['errors', 'tracing'],
  cleanup: ['database', 'errors'],
  instances: ['database', 'errors'],

  users: GROUND,
  sessions: GROUND,
  clients: GROUND,
  events: [...GROUND, 'sessions', 'users'],
  keys: [...GROUND, 'events'],
  webhooks: ['tracing'],
  alerts: [...GROUND, 'events', 'webhooks'],
  'audit-export': [...GROUND, 'events', 'webhooks'],
  revocation: [...GROUND, 'events', 'sessions', 'users'],
  tokens: [...GROUND, 'events', 'keys', 'revocation', 'sessions', 'users'],
  mail: [...GROUND, 'brand', 'events', 'users'],
  actions: [...GROUND, 'mail', 'sessions', 'users'],
  mfa: [...GROUND, 'actions', 'events', 'keys', 'mail', 'sessions', 'tokens', 'users'],
  accounts: [...GROUND, 'actions', 'events', 'mail', 'mfa', 'revocation', 'sessions', 'tokens', 'users'],
  passkeys: [...GROUND, 'accounts', 'actions', 'events', 'mfa', 'sessions', 'tokens', 'users'],

  'rate-limits': GROUND,
  openapi: ['errors'],
  transports: ['errors', 'tokens'],
  options: ['brand', ...CORE.filter((room) => room !== 'accounts' && room !== 'passkeys')],
  // The list of codes stands in the client, because what a browser loads must not import the rest of the package.
  http: [...CORE, 'openapi', 'options', 'transports', 'client/final-codes.ts'],
  auth: [...CORE, 'openapi', 'options', 'rate-limits', 'transports', 'http'],
  'index.ts': [...CORE, 'openapi', 'options', 'transports', 'http', 'auth'],
  testing: [...CORE, 'options', 'transports', 'http', 'auth'],
  client: [],
  react: ['client'],
  // Single files that import nothing at run time: the helper must also run where there is no Node.
  next: [
    'http/browser/speculative-request.ts',
    'http/browser/trusted-origins.ts',
    'client/final-codes.ts',
    'client/known-options.ts',
    'client/service-url.ts',
    'options/origin.ts',
  ],

  'embedded-postgres': [],
  settings: ['brand', 'database', 'embedded-postgres', 'errors', 'index.ts'],
  cli: ['database', 'index.ts', 'settings'],
  // The service exports the webhook's counts as metrics; hosts have no use for the class.
  service: [
    'alerts/alert-webhook.ts',
    'brand',
    'database',
    'errors/reported.ts',
    'index.ts',
    'options/accounts.options.ts',
    'options/mfa.options.ts',
    'settings',
    'tracing',
  ],
  'main.ts': ['service', 'settings'],
};

const HTTP = /^(@nestjs\/(core|passport|throttler|swagger|platform-.*)|express|fastify|passport.*|cookie)$/;

/** The sources write `.js` where they mean `.ts`. */
const fileOf = (path: string) => path.replace(/\.js$/, '.ts');

/** Each rule returns what is wrong with a file, or nothing. */
const RULES: Record<string, (source: Source) => string[]> = {
  [ROOMS]: (source) => {
    const room = roomOf(source.file);
    const allowed = MAY_IMPORT[room];
    if (!allowed) return [`the room ${room} is not in MAY_IMPORT`];
    const imported = importsOf(source).filter((path) => path.endsWith('.js') && !path.startsWith('..'));
    return imported.filter(
      (path) => ![room, ...allowed].some((it) => [roomOf(fileOf(path)), fileOf(path)].includes(it)),
    );
  },
  "the core imports neither HTTP, Nest's edge nor Passport": (source) =>
    CORE.includes(roomOf(source.file)) ? importsOf(source).filter((path) => HTTP.test(path)) : [],
  'the use cases of an account do not need Nest': (source) =>
    roomOf(source.file) === 'accounts' ? importsOf(source).filter((path) => path.startsWith('@nestjs/')) : [],
  'the library describes its endpoints without Swagger': (source) =>
    roomOf(source.file) === 'service'
      ? []
      : importsOf(source).filter((path) => path === '@nestjs/swagger' || path.startsWith('swagger')),
  'the browser client imports no package': (source) =>
    roomOf(source.file) === 'client' ? importsOf(source).filter((path) => !path.endsWith('.js')) : [],
  'the helper for Next.js imports jose and no other package': (source) =>
    roomOf(source.file) === 'next'
      ? importsOf(source).filter((path) => !path.endsWith('.js') && path !== 'jose')
      : [],
  'only the configuration reads the environment': (source) =>
    source.file === 'settings/configuration.ts' ? [] : (source.text.match(/process\.env/g) ?? []),
  'a file has at most 200 lines': (source) =>
    source.text.split('\n').length > 201 ? [`${source.text.split('\n').length} lines`] : [],
  'only the lists of what the package and the test kit export re-export': (source) =>
    ![
      'index.ts',
      'http/for-own-controllers.ts',
      'audit-export/public.ts',
      'accounts/public.ts',
      'mail/public.ts',
      'passkeys/public.ts',
      'auth/account-flows.ts',
      'auth/doctor/public.ts',
      'testing/index.ts',
    ].includes(source.file) && /^export (\*|\{[^}]*\}) from/m.test(source.text)
      ? ['re-exports']
      : [],
};

/** Groups of files that import each other in a circle, including type imports. */
function circlesIn(files: readonly Source[]): string[] {
  const edges = new Map(
    files.map((source) => [
      source.file,
      importsOf(source)
        .filter((path) => path.endsWith('.js'))
        .map(fileOf),
    ]),
  );
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, way: string[]): void => {
    if (way.includes(file)) circles.push([...way.slice(way.indexOf(file)), file].join(' → '));
    if (way.includes(file) || done.has(file)) return;
    for (const next of edges.get(file) ?? []) visit(next, [...way, file]);
    done.add(file);
  };
  for (const { file } of files) visit(file, []);
  return circles;
}

const linesOf = ({ text }: Source) => text.split('\n').length - 1;

describe('the tree', () => {
  it.each(Object.entries(RULES))('%s', (_, rule) => {
    const offences = sources.flatMap((source) => rule(source).map((what) => `${source.file}: ${what}`));
    expect(offences).toEqual([]);
  });

  it.each([
    [ROOMS, 'tokens/x.ts', `import { a } from '../http/a.js'`],
    [ROOMS, 'sessions/x.ts', `import { a } from '../tokens/a.js'`],
    [ROOMS, 'http/x.ts', `import { a } from '../index.js'`],
    [ROOMS, 'cli/x.ts', `import { a } from '../tokens/a.js'`],
    [ROOMS, 'cli/x.ts', `import { a } from '../service/logger.js'`],
    [ROOMS, 'http/x.ts', `import { signIn } from '../testing/sign-in.js'`],
    [ROOMS, 'next/x.ts', `import { a } from '../errors/auth-error.js'`],
    [ROOMS, 'next/x.ts', `import { a } from '../http/browser/session-cookies.js'`],
    [ROOMS, 'http/x.ts', `import { a } from '../client/answer.js'`],
    [ROOMS, 'attic/x.ts', ''],
    [
      `the core imports neither HTTP, Nest's edge nor Passport`,
      'users/x.ts',
      `import { P } from 'passport-jwt'`,
    ],
    [
      'the use cases of an account do not need Nest',
      'accounts/x.ts',
      `import { Logger } from '@nestjs/common'`,
    ],
    [
      'the library describes its endpoints without Swagger',
      'http/x/x.docs.ts',
      `import { ApiTags } from '@nestjs/swagger'`,
    ],
    ['the browser client imports no package', 'client/x.ts', `import { a } from 'jose'`],
    ['the helper for Next.js imports jose and no other package', 'next/x.ts', `import { a } from 'cookie'`],
    ['only the configuration reads the environment', 'auth/x.ts', `const a = process.env.A`],
    ['a file has at most 200 lines', 'auth/x.ts', '\n'.repeat(250)],
    [
      'only the lists of what the package and the test kit export re-export',
      'auth/index.ts',
      `export { a } from './a.js'`,
    ],
  ])('a breach is noticed: %s (%s)', (rule, file, text) => {
    expect(RULES[rule]!({ file, text })).not.toEqual([]);
  });

  it('has no circular imports', () => {
    expect(circlesIn(sources)).toEqual([]);
  });

  it('a circle is noticed', () => {
    const a = { file: 'users/a.ts', text: `import { b } from './b.js'` };
    const b = { file: 'users/b.ts', text: `import type { a } from './a.js'` };
    expect(circlesIn([a, b])).toEqual(['users/a.ts → users/b.ts → users/a.ts']);
  });

  it('has no room with more than 15 % of the lines', () => {
    const all = sources.reduce((sum, source) => sum + linesOf(source), 0);
    const shares = Object.keys(MAY_IMPORT).map((room) => {
      const lines = sources
        .filter(({ file }) => roomOf(file) === room)
        .reduce((n, source) => n + linesOf(source), 0);
      return [room, Math.round((100 * lines) / all)] as const;
    });
    expect(shares.filter(([, share]) => share > 15)).toEqual([]);
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
