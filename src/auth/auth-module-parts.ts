import type { ModuleMetadata, Type } from '@nestjs/common';
import type { AccessJwtStrategy } from '../http/strategies/access-jwt.strategy.js';
import type { RevocationList } from '../revocation/revocation-list.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { PasswordHasher } from '../users/password-hasher.js';
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
  /** Where sessions are kept. Default: the `refresh_tokens` table of `authEntities`. */
  sessionStore?: Type<SessionStore>;
  /** How passwords are hashed. Default: bcrypt. */
  passwordHasher?: Type<PasswordHasher>;
  /** Where revoked access tokens are recorded. Default: in PostgreSQL, and also in Redis if it is configured. */
  revocationList?: Type<RevocationList>;
  /** Your own subclass of `AccessJwtStrategy`, with its own `validate`. Default: `AccessJwtStrategy`. */
  accessJwtStrategy?: Type<AccessJwtStrategy>;
  /**
   * The controllers with the HTTP endpoints. An empty list adds no endpoints. Default: all controllers of this package.
   */
  controllers?: Type<unknown>[];
  /** The name of the TypeORM data source. Default: the default data source. */
  dataSource?: string;
  /** Whether guards work in every module without importing this one. Default `true`. */
  isGlobal?: boolean;
}
