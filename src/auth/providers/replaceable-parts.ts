import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Clock } from '../../database/database-clock.js';
import { DatabaseNotifications } from '../../database/notifications.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { PostgresRevocationList } from '../../revocation/postgres-revocation-list.js';
import { RedisRevocationList } from '../../revocation/redis-revocation-list.js';
import { RevocationListWithRedis } from '../../revocation/revocation-list-with-redis.js';
import { RevocationStore } from '../../revocation/revocation.store.js';
import { PostgresSessionStore } from '../../sessions/postgres-session.store.js';
import { SessionStore } from '../../sessions/session-store.js';
import { RevocationList } from '../../revocation/revocation-list.js';
import { BcryptPasswordHasher } from '../../users/bcrypt-password.hasher.js';
import { PasswordHasher } from '../../users/password-hasher.js';
import { TypeOrmUserStore } from '../../users/typeorm-user.store.js';
import { UserStore } from '../../users/user-store.js';
import type { AuthModuleParts } from '../auth-module-parts.js';
import { AuthDataSource } from '../auth-data-source.js';
import { usedTables } from '../own-tables.js';
import { SchemaCheck } from '../schema-check.js';
import { dataSourceProvider } from './data-source.provider.js';
import { provide } from './provide.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { AccessJwtStrategy } from '../../http/strategies/access-jwt.strategy.js';

const logger = new Logger('AuthModule');
const reportTables = (message: string) => logger.error(message);

/** The parts that a host may replace: the host's class or the default. */
export function replaceableParts(parts: AuthModuleParts): Provider[] {
  return [
    dataSourceProvider(parts),
    provide(SchemaCheck, [AuthDataSource], (source: DataSource) =>
      source.isInitialized ? new SchemaCheck(source, usedTables(parts), reportTables) : undefined,
    ),
    parts.userStore
      ? { provide: UserStore, useClass: parts.userStore }
      : provide(UserStore, [AuthDataSource], (source: DataSource) => new TypeOrmUserStore(source)),
    parts.passwordHasher
      ? { provide: PasswordHasher, useClass: parts.passwordHasher }
      : provide(PasswordHasher, [ResolvedAuthOptions], ({ passwords }: ResolvedAuthOptions) => {
          const { bcryptCost, peppers, hashingQueue } = passwords;
          return new BcryptPasswordHasher({ cost: bcryptCost, peppers, queueLimit: hashingQueue });
        }),
    parts.sessionStore
      ? { provide: SessionStore, useClass: parts.sessionStore }
      : provide(
          SessionStore,
          [AuthDataSource, ResolvedAuthOptions],
          (source: DataSource, { sessions }: ResolvedAuthOptions) =>
            new PostgresSessionStore(source, sessions),
        ),
    { provide: AccessJwtStrategy, useClass: parts.accessJwtStrategy ?? AccessJwtStrategy },
    parts.revocationList
      ? { provide: RevocationList, useClass: parts.revocationList }
      : provide(
          RevocationList,
          [RevocationStore, DatabaseNotifications, RedisConnection, ResolvedAuthOptions, Clock, SchemaCheck],
          createRevocationList,
        ),
  ];
}

function createRevocationList(
  store: RevocationStore,
  notifications: DatabaseNotifications,
  redis: RedisConnection | undefined,
  { revocation }: ResolvedAuthOptions,
  clock: Clock,
  check: SchemaCheck | undefined,
): RevocationList {
  const settings = { ...revocation, clock };
  const postgres = new PostgresRevocationList(store, notifications, settings);
  const redisList = redis && new RedisRevocationList(redis, settings);
  return SchemaCheck.before(check, redisList ? new RevocationListWithRedis(postgres, redisList) : postgres);
}
