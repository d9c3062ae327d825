import { Logger, type Provider, type Type } from '@nestjs/common';
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
import { checkedPart } from '../checked-part.js';
import {
  type PartAnswers,
  PASSWORD_HASHER,
  REVOCATION_LIST,
  SESSION_STORE,
  USER_STORE,
} from '../part-answers.js';
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
    ...(parts.userStore
      ? hostPart(UserStore, parts.userStore, USER_STORE)
      : [provide(UserStore, [AuthDataSource], (source: DataSource) => new TypeOrmUserStore(source))]),
    ...(parts.passwordHasher
      ? hostPart(PasswordHasher, parts.passwordHasher, PASSWORD_HASHER)
      : [
          provide(PasswordHasher, [ResolvedAuthOptions], ({ passwords }: ResolvedAuthOptions) => {
            const { bcryptCost, peppers, hashingQueue } = passwords;
            return new BcryptPasswordHasher({ cost: bcryptCost, peppers, queueLimit: hashingQueue });
          }),
        ]),
    ...(parts.sessionStore
      ? hostPart(SessionStore, parts.sessionStore, SESSION_STORE)
      : [
          provide(
            SessionStore,
            [AuthDataSource, ResolvedAuthOptions],
            (source: DataSource, { sessions }: ResolvedAuthOptions) =>
              new PostgresSessionStore(source, sessions),
          ),
        ]),
    { provide: AccessJwtStrategy, useClass: parts.accessJwtStrategy ?? AccessJwtStrategy },
    ...(parts.revocationList
      ? hostPart(RevocationList, parts.revocationList, REVOCATION_LIST)
      : [
          provide(
            RevocationList,
            [
              RevocationStore,
              DatabaseNotifications,
              RedisConnection,
              ResolvedAuthOptions,
              Clock,
              SchemaCheck,
            ],
            createRevocationList,
          ),
        ]),
  ];
}

/** Nest instantiates the host's class, and everyone else gets it behind the check of its answers. */
function hostPart<Port extends object>(
  token: symbol,
  part: Type<Port>,
  answers: PartAnswers<Port>,
): Provider[] {
  const name = token.description!;
  const own = Symbol(`The host's ${name}`);
  return [
    { provide: own, useClass: part },
    provide(token, [own], (instance: Port) => checkedPart(name, instance, answers)),
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
