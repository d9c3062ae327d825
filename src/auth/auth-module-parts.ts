import type { ModuleMetadata, Type } from '@nestjs/common';
import type { AccessJwtStrategy } from '../http/strategies/access-jwt.strategy.js';
import type { RevocationList } from '../revocation/revocation-list.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { PasswordHasher } from '../users/password-hasher.js';
import type { UserStore } from '../users/user-store.js';

/** The parts a host may replace. They are classes for Nest to create, so they go at the top level of the call. */
export interface AuthModuleParts {
  /** Modules that export what the replaced parts inject. */
  imports?: NonNullable<ModuleMetadata['imports']>;
  /** Where users live. Default: the `users` table of `authEntities`. */
  userStore?: Type<UserStore>;
  /** Where sessions are kept. Default: the `refresh_tokens` table of `authEntities`. */
  sessionStore?: Type<SessionStore>;
  /** How passwords are hashed. Default: bcrypt. */
  passwordHasher?: Type<PasswordHasher>;
  /** Where revoked access tokens are remembered. Default: in PostgreSQL, and Redis if there is one. */
  revocationList?: Type<RevocationList>;
  /** Your own extension of `AccessJwtStrategy`, with its `validate`. */
  accessJwtStrategy?: Type<AccessJwtStrategy>;
  /** The HTTP endpoints: your own in place of `AuthController`, or an empty list for none. */
  controllers?: Type<unknown>[];
  /** The name of the TypeORM data source, if not the default one. */
  dataSource?: string;
  /** Whether guards work in every module without importing this one. Default `true`. */
  isGlobal?: boolean;
}
