import { Logger, type Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Cleanup, type Expiring } from '../cleanup/cleanup.js';
import { ResourceClients } from '../clients/resource-clients.js';
import { Clock, DatabaseClock } from '../database/database-clock.js';
import { DatabaseNotifications } from '../database/notifications.js';
import { AuditStore } from '../events/audit.store.js';
import { AuthEvents } from '../events/auth-events.js';
import type { Keys } from '../keys/key-set.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { PostgresRevocationList } from '../revocation/postgres-revocation-list.js';
import { RedisRevocationList } from '../revocation/redis-revocation-list.js';
import { RevocationListWithRedis } from '../revocation/revocation-list-with-redis.js';
import { RevocationStore } from '../revocation/revocation.store.js';
import { LibrarySignatures } from '../tokens/jws-signatures.js';
import { ExpiredSessions } from '../tokens/expired-sessions.js';
import { JwtCodec } from '../tokens/jwt-codec.js';
import { RefreshTokenStore } from '../tokens/refresh-token.store.js';
import { RefreshTokens } from '../tokens/refresh-tokens.js';
import { RevocationList } from '../revocation/revocation-list.js';
import { SessionEnder } from '../tokens/session-ender.js';
import { TokenIntrospection } from '../tokens/token-introspection.js';
import { REVOCATION_MARGIN_SECONDS, TokensService } from '../tokens/tokens.service.js';
import { VerifiedTokens } from '../tokens/verified-tokens.js';
import { AccountProtection } from '../users/account-protection.js';
import { BcryptPasswordHasher } from '../users/bcrypt-password.hasher.js';
import { LoginAttempts } from '../users/login-attempts.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { PasswordPolicy } from '../users/password-policy.js';
import { Passwords } from '../users/passwords.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import { UserStore } from '../users/user-store.js';
import type { AuthModuleParts } from './auth.module-definition.js';
import { AccountEvents } from './account-events.js';
import { AuthDataSource } from './auth-data-source.js';
import { AuthService } from './auth.service.js';
import { AccessKeys } from './key.providers.js';
import { provide } from './provide.js';
import { AuthThrottlerStorage } from './rate-limits/rate-limit.guard.js';
import { RateLimitStorage } from './rate-limits/rate-limit.storage.js';
import { ResolvedAuthOptions } from './options/resolve-options.js';
import { AccessJwtStrategy } from './strategies/access-jwt.strategy.js';
import { SessionCookies } from './session-cookies.js';

/** The parts a host may replace: its class, or our default. */
export function replaceableParts(parts: AuthModuleParts): Provider[] {
  return [
    { provide: AuthDataSource, useExisting: getDataSourceToken(parts.dataSource) },
    parts.userStore
      ? { provide: UserStore, useClass: parts.userStore }
      : provide(UserStore, [AuthDataSource], (source: DataSource) => new TypeOrmUserStore(source)),
    parts.passwordHasher
      ? { provide: PasswordHasher, useClass: parts.passwordHasher }
      : provide(PasswordHasher, [ResolvedAuthOptions], ({ passwords }: ResolvedAuthOptions) => {
          const { bcryptCost, peppers, hashingQueue } = passwords;
          return new BcryptPasswordHasher({ cost: bcryptCost, peppers, queueLimit: hashingQueue });
        }),
    { provide: AccessJwtStrategy, useClass: parts.accessJwtStrategy ?? AccessJwtStrategy },
    parts.revocationList
      ? { provide: RevocationList, useClass: parts.revocationList }
      : provide(
          RevocationList,
          [RevocationStore, DatabaseNotifications, RedisConnection, ResolvedAuthOptions, Clock],
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
): RevocationList {
  const settings = { ...revocation, clock };
  const postgres = new PostgresRevocationList(store, notifications, settings);
  return redis ? new RevocationListWithRedis(postgres, new RedisRevocationList(redis, settings)) : postgres;
}

/** The core, which knows nothing of Nest, put together from the options. */
export const coreProviders: Provider[] = [
  provide(RedisConnection, [ResolvedAuthOptions], async ({ redisUrl }: ResolvedAuthOptions) => {
    const logger = new Logger('Redis');
    return redisUrl === undefined ? undefined : RedisConnection.open(redisUrl, (line) => logger.warn(line));
  }),
  provide(
    DatabaseClock,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { clock }: ResolvedAuthOptions) => (clock ? undefined : new DatabaseClock(source)),
  ),
  provide(
    Clock,
    [DatabaseClock, ResolvedAuthOptions],
    (database: DatabaseClock | undefined, { clock }: ResolvedAuthOptions) => clock ?? database!.now,
  ),
  provide(DatabaseNotifications, [AuthDataSource], (source: DataSource) => new DatabaseNotifications(source)),
  provide(
    AccessTokens,
    [ResolvedAuthOptions, JwtService, AccessKeys, Clock],
    ({ access, claims }: ResolvedAuthOptions, jwt: JwtService, keys: Keys, clock: Clock) =>
      new AccessTokens(
        new JwtCodec(new LibrarySignatures(jwt), keys, 'at+jwt'),
        access.policy,
        clock,
        new VerifiedTokens(access.cacheSize),
        claims,
      ),
  ),
  provide(
    RefreshTokens,
    [ResolvedAuthOptions, JwtService],
    ({ refresh }: ResolvedAuthOptions, jwt: JwtService) =>
      new RefreshTokens(new JwtCodec(new LibrarySignatures(jwt), refresh.keys, 'rt+jwt'), refresh.policy),
  ),
  provide(ResourceClients, [AuthDataSource], (source: DataSource) => new ResourceClients(source)),
  provide(
    RefreshTokenStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { sessions }: ResolvedAuthOptions) => new RefreshTokenStore(source, sessions),
  ),
  provide(
    SessionEnder,
    [RefreshTokenStore, RevocationList, AuthEvents, ResolvedAuthOptions],
    (
      sessions: RefreshTokenStore,
      revocations: RevocationList,
      events: AuthEvents,
      { access }: ResolvedAuthOptions,
    ) =>
      new SessionEnder(sessions, revocations, events, access.policy.maxLifetime + REVOCATION_MARGIN_SECONDS),
  ),
  provide(
    TokensService,
    [
      AccessTokens,
      RefreshTokens,
      RefreshTokenStore,
      RevocationList,
      UserStore,
      SessionEnder,
      AuthEvents,
      ResolvedAuthOptions,
    ],
    (
      accessTokens: AccessTokens,
      refreshTokens: RefreshTokens,
      sessions: RefreshTokenStore,
      revocations: RevocationList,
      users: UserStore,
      ender: SessionEnder,
      events: AuthEvents,
      { revocation: { check } }: ResolvedAuthOptions,
    ) => new TokensService(accessTokens, refreshTokens, sessions, revocations, users, ender, events, check),
  ),
  provide(
    TokenIntrospection,
    [TokensService, RefreshTokenStore],
    (tokens: TokensService, sessions: RefreshTokenStore) => new TokenIntrospection(tokens, sessions),
  ),
  provide(
    RevocationStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { access }: ResolvedAuthOptions) =>
      new RevocationStore(source, access.policy.maxLifetime + REVOCATION_MARGIN_SECONDS),
  ),
  provide(
    Cleanup,
    [AuthDataSource, RevocationStore, LoginAttempts, AuditStore, ResolvedAuthOptions],
    (
      source: DataSource,
      revocations: RevocationStore,
      attempts: LoginAttempts,
      audit: AuditStore,
      options: ResolvedAuthOptions,
    ) => {
      const logger = new Logger('Cleanup');
      const tables: Expiring[] = [new ExpiredSessions(source), revocations, attempts];
      if (options.audit.enabled) tables.push(audit);
      return new Cleanup(source, tables, options.cleanupEvery, (line) => logger.warn(line));
    },
  ),
  provide(
    Passwords,
    [PasswordHasher, UserStore],
    (hasher: PasswordHasher, users: UserStore) => new Passwords(hasher, users),
  ),
  provide(
    PasswordPolicy,
    [ResolvedAuthOptions],
    ({ passwords }: ResolvedAuthOptions) => new PasswordPolicy(passwords),
  ),
  provide(
    LoginAttempts,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { accountProtection }: ResolvedAuthOptions) =>
      new LoginAttempts(source, accountProtection),
  ),
  provide(
    AccountProtection,
    [LoginAttempts, ResolvedAuthOptions],
    (attempts: LoginAttempts, { accountProtection }: ResolvedAuthOptions) =>
      new AccountProtection(attempts, accountProtection),
  ),
  provide(
    AuthService,
    [UserStore, Passwords, PasswordPolicy, TokensService, AccountProtection, AuthEvents],
    (
      users: UserStore,
      passwords: Passwords,
      policy: PasswordPolicy,
      tokens: TokensService,
      protection: AccountProtection,
      events: AuthEvents,
    ) => new AuthService(users, passwords, policy, tokens, protection, new AccountEvents(events, tokens)),
  ),
  provide(
    SessionCookies,
    [ResolvedAuthOptions, HttpAdapterHost],
    ({ cookies }: ResolvedAuthOptions, host: HttpAdapterHost) => new SessionCookies(cookies, host),
  ),
  provide(
    AuthThrottlerStorage,
    [RedisConnection],
    (redis: RedisConnection | undefined) => new RateLimitStorage(redis),
  ),
];
