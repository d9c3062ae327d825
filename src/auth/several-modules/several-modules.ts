import type { OnModuleInit, Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PassportStrategy } from '@nestjs/passport';
import type { DataSource } from 'typeorm';
import { SessionCookies } from '../../http/browser/session-cookies.js';
import { ACCESS_STRATEGY } from '../../http/strategies/access-jwt.strategy.js';
import { REFRESH_STRATEGY } from '../../http/strategies/refresh-jwt.strategy.js';
import { AuthOptionsError } from '../../options/options-error.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { AuthDataSource } from '../auth-data-source.js';
import type { AuthModuleParts } from '../auth-module-parts.js';
import { ambiguousUser, authModulesIn, sharedRoute } from './neighbors.js';
import { provide } from '../providers/provide.js';
import { areSame, type Tables, tablesOf } from './same-tables.js';

/** What two modules of one app must not have in common. */
interface Registration {
  issuer: string;
  audience: string;
  cookie: string;
  redis: string | undefined;
  /** `undefined`: all stores are the host's. */
  tables: Tables | undefined;
}

/** The modules of each app. There may be several apps in a process. */
const registered = new WeakMap<ModulesContainer, Registration[]>();

/**
 * Checks, if an app has several `AuthModule`s, that this is no accident and that neither accepts what belongs to the
 * other.
 */
export class SeveralModules implements OnModuleInit {
  constructor(private readonly modules: ModulesContainer) {}

  /** Passport's names are global, so `AuthGuard('latchkey-access')` would ask whichever module was made last. */
  onModuleInit(): void {
    if (authModulesIn(this.modules, SeveralModules).length < 2) return;
    for (const name of [ACCESS_STRATEGY, REFRESH_STRATEGY]) refuseNamedGuards(name);
  }
}

export function severalModules(parts: AuthModuleParts): Provider[] {
  return [
    // Depends on nothing that can fail, so that a second call of forRoot is reported first.
    provide(SeveralModules, [ModulesContainer], (modules: ModulesContainer) => {
      assertSeparate(modules);
      return new SeveralModules(modules);
    }),
    provide(
      Symbol('Registration'),
      [ModulesContainer, ResolvedAuthOptions, AuthDataSource, SessionCookies],
      async (
        modules: ModulesContainer,
        options: ResolvedAuthOptions,
        source: DataSource,
        cookies: SessionCookies,
      ) => {
        const { issuer, audience } = options.access.policy;
        const own: Registration = {
          issuer,
          audience,
          cookie: cookies.names.access,
          redis: options.redis && new URL(options.redis.url).host,
          tables: isOnlyOne(modules) ? undefined : await tablesOf(parts, source),
        };
        // Nothing waits from here on: the modules of an app are made at the same time.
        const others = registered.get(modules) ?? [];
        for (const other of others) assertDifferent(own, other);
        registered.set(modules, [...others, own]);
        return own;
      },
    ),
  ];
}

const isOnlyOne = (modules: ModulesContainer) => authModulesIn(modules, SeveralModules).length < 2;

function fail(option: string, message: string): never {
  throw new AuthOptionsError([{ option, message }]);
}

const HOW = 'docs/two-modules.md shows how';

function assertSeparate(modules: ModulesContainer): void {
  const all = authModulesIn(modules, SeveralModules);
  if (all.length < 2) return;
  if (all.some(({ isGlobal }) => isGlobal))
    fail(
      'forRoot',
      'is called more than once in this app: call it once, since AuthModule is global; for two kinds of users, such as ' +
        `customers and staff, pass isGlobal: false and a path of its own to each (${HOW})`,
    );
  const route = sharedRoute(all);
  if (route)
    fail(
      'path',
      `leads two AuthModules to the same address, ${route}: give each its own path, for example path: { auth: 'staff/auth', ` +
        "oauth: 'staff/oauth', wellKnown: 'staff/.well-known' }, and do not import one module twice",
    );
  const user = ambiguousUser(modules, all);
  if (user)
    fail(
      'imports',
      `of ${user.module} contain two AuthModules, so that ${user.name} cannot tell which one it uses: import each of them ` +
        `only into the modules that belong to it (${HOW})`,
    );
}

function assertDifferent(own: Registration, other: Registration): void {
  if (own.issuer === other.issuer && own.audience === other.audience)
    fail(
      'jwt.audience',
      'is the same in two AuthModules with the same jwt.issuer, so each would accept the tokens of the other: set a ' +
        'different jwt.audience in each',
    );
  if (own.cookie === other.cookie)
    fail('cookies.name', "is the same in two AuthModules: set a different one in each, such as 'staff'");
  if (areSame(own.tables, other.tables))
    fail(
      'dataSource',
      'leads two AuthModules to the same tables: give each a data source with its own schema, and pass its name as dataSource',
    );
  if (own.redis !== undefined && own.redis === other.redis)
    fail(
      'redis.url',
      'names the same server in two AuthModules, whose revocations would mix: use one for each',
    );
}

function refuseNamedGuards(name: string): void {
  const message = `AuthGuard('${name}') cannot tell two AuthModules apart: use JwtAuthGuard or RefreshJwtGuard instead.`;
  class Refusing {
    validate(): void {}
    authenticate(this: { error(error: Error): void }): void {
      this.error(new Error(message));
    }
  }
  // Its constructor replaces the strategy of this name.
  void new (PassportStrategy(Refusing as never, name) as unknown as new () => object)();
}
