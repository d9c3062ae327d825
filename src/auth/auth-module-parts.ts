import type { ModuleMetadata, Type } from '@nestjs/common';
import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords } from '../actions/account-records.js';
import type { EndpointPaths, RouteName } from '../http/shared/endpoint-plan.js';
import type { AccessJwtStrategy } from '../http/strategies/access-jwt.strategy.js';
import type { RevocationList } from '../revocation/revocation-list.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { PasswordHasher } from '../users/password-hasher.js';
import type { UserClass } from '../users/user.entity.js';
import type { UserStore } from '../users/user-store.js';

/**
 * The parts that a host may replace. They go at the top level of the call, because Nest reads them before it runs
 * `useFactory`. Nest instantiates the classes.
 */
export interface AuthModuleParts {
  /** Modules that export the dependencies of the replaced parts. */
  imports?: NonNullable<ModuleMetadata['imports']>;
  /** Where users are kept. Default: the `users` table of `authEntities`. */
  userStore?: Type<UserStore>;
  /**
   * Your subclass of `User`, with columns of your own in our table: `@Entity('users') class Customer extends User { … }`. The
   * users that the built-in store returns are its instances. Also pass it to `authEntities({ users: Customer })`, unless
   * the data source has `autoLoadEntities`. Default: `User`.
   */
  userEntity?: UserClass;
  /** Where sessions are kept. Default: the `refresh_tokens` table of `authEntities`. */
  sessionStore?: Type<SessionStore>;
  /** How passwords are hashed. Default: bcrypt. */
  passwordHasher?: Type<PasswordHasher>;
  /** Where revoked access tokens are recorded. Default: in PostgreSQL, and also in Redis if it is configured. */
  revocationList?: Type<RevocationList>;
  /** Where mails to the owners of accounts are put, for the option `accounts`. Default: the outbox, with the option `mail`. */
  accountMails?: Type<AccountMails>;
  /** Where actions and the states of accounts are kept. Default: the tables of `authEntities`. */
  accountRecords?: Type<AccountRecords>;
  /** Your own subclass of `AccessJwtStrategy`, with its own `validate`. Default: `AccessJwtStrategy`. */
  accessJwtStrategy?: Type<AccessJwtStrategy>;
  /**
   * The controllers with the HTTP endpoints. An empty list adds no endpoints. Default: all controllers of this package.
   */
  controllers?: Type<unknown>[];
  /**
   * Where the endpoints are. Text such as `customers/auth` replaces `auth` in all paths that begin with it; an object
   * also moves `oauth` and `.well-known`: `{ auth: 'staff/auth', oauth: 'staff/oauth', wellKnown: 'staff/.well-known' }`.
   * A global prefix of the app comes before it. The last segment stays `auth`, because the clients append `/auth` to
   * their `baseUrl`. Your own controllers keep their paths. Default: `auth`.
   */
  path?: string | Partial<EndpointPaths>;
  /**
   * `false` for each route that must not exist, by its operation id in the OpenAPI document: `{ listSessions: false }`.
   * The metadata for resource servers does not name it either. Default: all routes exist.
   */
  routes?: Partial<Record<RouteName, boolean>>;
  /** The name of the TypeORM data source. Default: the default data source. */
  dataSource?: string;
  /** Whether guards work in every module without importing this one. Default `true`. */
  isGlobal?: boolean;
}
