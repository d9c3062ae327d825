import { Logger, type Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { ThrottlerStorageService } from '@nestjs/throttler';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { Cleanup } from '../cleanup/cleanup.js';
import { ResourceClients } from '../clients/resource-clients.js';
import { DatabaseNotifications } from '../database/notifications.js';
import type { Keys } from '../keys/key-set.js';
import { RedisConnection } from '../redis/redis-connection.js';
import { AccessTokens } from '../tokens/access-tokens.js';
import { PostgresRevocationList } from '../revocation/postgres-revocation-list.js';
import { RevocationStore } from '../revocation/revocation.store.js';
import { LibrarySignatures } from '../tokens/jws-signatures.js';
import { ExpiredSessions } from '../tokens/expired-sessions.js';
import { JwtCodec } from '../tokens/jwt-codec.js';
import { RefreshTokenStore } from '../tokens/refresh-token.store.js';
import { SessionStore } from '../tokens/session-store.js';
import { RefreshTokens } from '../tokens/refresh-tokens.js';
import { RevocationList } from '../revocation/revocation-list.js';
import { TokenIntrospection } from '../tokens/token-introspection.js';
import { REVOCATION_MARGIN_SECONDS, TokensService } from '../tokens/tokens.service.js';
import { VerifiedTokens } from '../tokens/verified-tokens.js';
import { BcryptPasswordHasher } from '../users/bcrypt-password.hasher.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { PasswordPolicy } from '../users/password-policy.js';
import { Passwords } from '../users/passwords.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import { UserStore } from '../users/user-store.js';
import type { AuthModuleParts } from './auth.module-definition.js';
import { AuthDataSource } from './auth-data-source.js';
import { AuthService } from './auth.service.js';
import { AccessKeys } from './key.providers.js';
import { provide } from './provide.js';
import { AuthThrottlerStorage } from './rate-limits/rate-limit.guard.js';
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
    parts.sessionStore
      ? { provide: SessionStore, useClass: parts.sessionStore }
      : provide(
          SessionStore,
          [AuthDataSource, ResolvedAuthOptions],
          (source: DataSource, { sessions }: ResolvedAuthOptions) => new RefreshTokenStore(source, sessions),
        ),
    { provide: AccessJwtStrategy, useClass: parts.accessJwtStrategy ?? AccessJwtStrategy },
    parts.revocationList
      ? { provide: RevocationList, useClass: parts.revocationList }
      : provide(
          RevocationList,
          [RevocationStore, DatabaseNotifications, ResolvedAuthOptions],
          (
            store: RevocationStore,
            notifications: DatabaseNotifications,
            { revocation, clock }: ResolvedAuthOptions,
          ) => new PostgresRevocationList(store, notifications, { ...revocation, clock }),
        ),
  ];
}

/** The core, which knows nothing of Nest, put together from the options. */
export const coreProviders: Provider[] = [
  provide(RedisConnection, [ResolvedAuthOptions], async ({ redisUrl }: ResolvedAuthOptions) => {
    const logger = new Logger('Redis');
    return redisUrl === undefined ? undefined : RedisConnection.open(redisUrl, (line) => logger.warn(line));
  }),
  provide(DatabaseNotifications, [AuthDataSource], (source: DataSource) => new DatabaseNotifications(source)),
  provide(
    AccessTokens,
    [ResolvedAuthOptions, JwtService, AccessKeys],
    ({ access, clock, claims }: ResolvedAuthOptions, jwt: JwtService, keys: Keys) =>
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
    TokensService,
    [AccessTokens, RefreshTokens, SessionStore, RevocationList, UserStore, ResolvedAuthOptions],
    (
      accessTokens: AccessTokens,
      refreshTokens: RefreshTokens,
      sessions: SessionStore,
      revocations: RevocationList,
      users: UserStore,
      { access, revocation }: ResolvedAuthOptions,
    ) =>
      new TokensService(accessTokens, refreshTokens, sessions, revocations, users, {
        accessTtl: access.policy.maxLifetime,
        revocationCheck: revocation.check,
      }),
  ),
  provide(
    TokenIntrospection,
    [TokensService, SessionStore],
    (tokens: TokensService, sessions: SessionStore) => new TokenIntrospection(tokens, sessions),
  ),
  provide(
    RevocationStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { access }: ResolvedAuthOptions) =>
      new RevocationStore(source, access.policy.maxLifetime + REVOCATION_MARGIN_SECONDS),
  ),
  provide(
    Cleanup,
    [AuthDataSource, RevocationStore, ResolvedAuthOptions],
    (source: DataSource, revocations: RevocationStore, { cleanupEvery }: ResolvedAuthOptions) => {
      const logger = new Logger('Cleanup');
      return new Cleanup(source, [new ExpiredSessions(source), revocations], cleanupEvery, (line) =>
        logger.warn(line),
      );
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
    AuthService,
    [UserStore, Passwords, PasswordPolicy, TokensService],
    (users: UserStore, passwords: Passwords, policy: PasswordPolicy, tokens: TokensService) =>
      new AuthService(users, passwords, policy, tokens),
  ),
  provide(
    SessionCookies,
    [ResolvedAuthOptions, HttpAdapterHost],
    ({ cookies }: ResolvedAuthOptions, host: HttpAdapterHost) => new SessionCookies(cookies, host),
  ),
  { provide: AuthThrottlerStorage, useClass: ThrottlerStorageService },
];
