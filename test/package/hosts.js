// The apps that the packed package is installed into. A host is a row here and, where the shared files do not do, a
// folder of the same name in `hosts/` with files of its own. All are asked the same questions (questions.js).

/** What `nest new` wrote until early Nest 11. */
const NODE10 = { module: 'commonjs', moduleResolution: 'node10' };
/** As strict as it gets: our declarations must pass, whatever those of other packages do. */
const STRICT = { exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true };

/**
 * @typedef {object} HostRow
 * @property {string} name
 * @property {11 | 12} [nest] 12 by default
 * @property {'express' | 'fastify'} [adapter] `express` by default
 * @property {'npm' | 'pnpm' | 'yarn'} [installer] `npm` by default; `yarn` is Yarn 4 with Plug'n'Play
 * @property {'esbuild' | 'webpack'} [bundler] makes one file of the compiled host, which then runs alone
 * @property {object} [compiler] compiler options in place of those in `package-files.js`
 * @property {string} [typescript] its version
 * @property {Record<string, string>} [dependencies] besides Nest, TypeORM and `pg`
 * @property {boolean} [typeorm] `false`: neither the code nor package.json of the host names TypeORM
 * @property {string[]} [files] of the repository, which it has as well
 * @property {boolean} [everywhere] whether it is also checked on the other versions of Node
 * @property {'own'} [users] the host has users of its own, and gives admin@… the role admin
 * @property {Record<string, string>} [env] variables of its process
 * @property {Partial<typeof PATHS>} [paths]
 * @property {boolean} [ownErrors] whether its own routes answer errors in its own words
 * @property {string[]} [tables] its own
 * @property {object} [account] members of `POST /auth/register` besides address and password
 */

/** Where the routes are. */
export const PATHS = { auth: '/auth', orders: '/orders', wellKnown: '/.well-known' };

/** @type {HostRow[]} */
export const HOSTS = [
  { name: 'nest11-node10', nest: 11, compiler: NODE10, typescript: '~5.7', everywhere: true },
  { name: 'nest11-commonjs', nest: 11 },
  { name: 'nest12-express', compiler: STRICT, everywhere: true },
  { name: 'nest12-fastify', adapter: 'fastify', everywhere: true },
  { name: 'esbuild', bundler: 'esbuild', nest: 11, dependencies: { esbuild: '^0.28' }, everywhere: true },
  { name: 'webpack', bundler: 'webpack', nest: 11, dependencies: { webpack: '^5' } },
  { name: 'pnpm', installer: 'pnpm' },
  { name: 'yarn-pnp', installer: 'yarn', nest: 11 },
  {
    name: 'integer-ids',
    users: 'own',
    tables: ['app_users', 'invoices'],
    dependencies: { 'class-validator': '^0.15' },
    account: { company: 'Analytical Engines' },
  },
  {
    name: 'drizzle',
    typeorm: false,
    files: ['examples/extending/drizzle.ts', 'examples/extending/drizzle-schema.ts'],
    dependencies: { 'drizzle-orm': '^0.45', 'drizzle-kit': '^0.31' },
  },
  {
    name: 'host-rules',
    ownErrors: true,
    dependencies: { '@nestjs/swagger': '^12', 'class-validator': '^0.15', 'class-transformer': '^0.5' },
    paths: { auth: '/api/auth', orders: '/api/v1/orders', wellKnown: '/api/.well-known' },
  },
  {
    name: 'hybrid',
    adapter: 'fastify',
    dependencies: {
      '@nestjs/graphql': '^14',
      '@nestjs/mercurius': '^14',
      '@nestjs/microservices': '^12',
      '@nestjs/platform-ws': '^12',
      '@nestjs/websockets': '^12',
      '@types/ws': '^8',
      graphql: '^16',
      mercurius: '^16',
      ws: '^8',
    },
  },
];
