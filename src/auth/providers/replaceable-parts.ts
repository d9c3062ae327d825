import { Logger, type Provider, type Type } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { Clock } from '../../database/database-clock.js';
import { DatabaseNotifications } from '../../database/notifications.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { PostgresRevocationList } from '../../revocation/postgres-revocation-list.js';
import { RedisRevocationList } from '../../revocation/redis-revocation-list.js';
import { RevocationListWithRedis } from '../../revocation/revocation-list-with-redis.js';
import { RevocationStore } from '../../revocation/revocation.store.js';
import { ShardedRevocationList } from '../../revocation/sharded-revocation-list.js';
import { PostgresSessionStore } from '../../sessions/postgres-session.store.js';
import { SessionStore } from '../../sessions/session-store.js';
import { ShardedSessionStore } from '../../sessions/shards/sharded-session.store.js';
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
import { endpointPlan } from '../routes/endpoint-plan.js';
import { EndpointPlan } from '../../http/shared/endpoint-plan.js';
import { OwnDatabaseEnd } from '../own-database/own-database-end.js';
import { OwnTables, usedTables } from '../own-tables.js';
import { OWN_DATABASE, SchemaCheck } from '../schema-check.js';
import { SessionShards } from '../shards/session-shards.js';
import { dataSourceProvider } from './data-source.provider.js';
import { provide } from './provide.js';
import { shardProvider } from './shard.providers.js';
import { readinessProviders } from './readiness.providers.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { accountParts } from './account-parts.js';
import { AccessJwtStrategy } from '../../http/strategies/access-jwt.strategy.js';

const logger = new Logger('AuthModule');
const revocationLogger = new Logger('Revocations');

/** The parts that a host may replace: the host's class or the default. */
export function replaceableParts(parts: AuthModuleParts): Provider[] {
  return [
    { provide: EndpointPlan, useValue: endpointPlan(parts) },
    { provide: OwnTables, useValue: usedTables(parts) },
    dataSourceProvider(parts),
    shardProvider(parts),
    provide(
      SchemaCheck,
      [AuthDataSource, ResolvedAuthOptions],
      (source: DataSource, { database }: ResolvedAuthOptions) =>
        source.isInitialized
          ? new SchemaCheck(source, usedTables(parts), logger, database && OWN_DATABASE)
          : undefined,
    ),
    provide(
      OwnDatabaseEnd,
      [AuthDataSource, ResolvedAuthOptions],
      (source: DataSource, { database }: ResolvedAuthOptions) => database && new OwnDatabaseEnd(source),
    ),
    ...(parts.userStore
      ? hostPart(UserStore, parts.userStore, USER_STORE)
      : [
          provide(
            UserStore,
            [AuthDataSource],
            (source: DataSource) => new TypeOrmUserStore(source, parts.userEntity),
          ),
        ]),
    ...(parts.passwordHasher
      ? hostPart(PasswordHasher, parts.passwordHasher, PASSWORD_HASHER)
      : [
          provide(PasswordHasher, [ResolvedAuthOptions], ({ passwords }: ResolvedAuthOptions) => {
            const { bcryptCost, peppers, hashingQueue } = passwords;
            return new BcryptPasswordHasher({
              cost: bcryptCost,
              peppers,
              queueLimit: hashingQueue,
              warn: (message) => logger.warn(message),
            });
          }),
        ]),
    ...(parts.sessionStore
      ? hostPart(SessionStore, parts.sessionStore, SESSION_STORE)
      : [provide(SessionStore, [AuthDataSource, ResolvedAuthOptions, SessionShards], createSessionStore)]),
    ...accountParts(parts),
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
              SessionShards,
            ],
            createRevocationList,
          ),
        ]),
    ...readinessProviders(parts),
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

function createSessionStore(
  source: DataSource,
  { sessions }: ResolvedAuthOptions,
  shards: SessionShards | undefined,
): SessionStore {
  const main = new PostgresSessionStore(source, sessions);
  return shards ? new ShardedSessionStore(shards.storesWith(main), sessions) : main;
}

function createRevocationList(
  store: RevocationStore,
  notifications: DatabaseNotifications,
  redis: RedisConnection | undefined,
  { revocation }: ResolvedAuthOptions,
  clock: Clock,
  check: SchemaCheck | undefined,
  shards: SessionShards | undefined,
): RevocationList {
  const settings = { ...revocation, clock, log: (line: string) => revocationLogger.log(line) };
  const postgres = new PostgresRevocationList(store, notifications, settings);
  const redisList = redis && new RedisRevocationList(redis, settings);
  const main = redisList ? new RevocationListWithRedis(postgres, redisList) : postgres;
  return SchemaCheck.before(check, shards ? new ShardedRevocationList(shards.listsWith(main)) : main);
}
