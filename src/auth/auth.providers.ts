import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { JwtService } from '@nestjs/jwt';
import { ThrottlerStorageService } from '@nestjs/throttler';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AccessTokens } from '../tokens/access-tokens.js';
import { InMemoryRevocationList } from '../tokens/in-memory-revocation-list.js';
import { JwtCodec } from '../tokens/jwt-codec.js';
import { RefreshTokenStore } from '../tokens/refresh-token.store.js';
import { RefreshTokens } from '../tokens/refresh-tokens.js';
import { RevocationList } from '../tokens/revocation-list.js';
import { TokensService } from '../tokens/tokens.service.js';
import { VerifiedTokens } from '../tokens/verified-tokens.js';
import { BcryptPasswordHasher } from '../users/bcrypt-password.hasher.js';
import { PasswordHasher } from '../users/password-hasher.js';
import { PasswordPolicy } from '../users/password-policy.js';
import { Passwords } from '../users/passwords.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import { UserStore } from '../users/user-store.js';
import type { AuthModuleParts } from './auth.module-definition.js';
import { AuthService } from './auth.service.js';
import { AuthThrottlerStorage } from './rate-limits/rate-limit.guard.js';
import { ResolvedAuthOptions } from './resolve-options.js';
import { AccessJwtStrategy } from './strategies/access-jwt.strategy.js';
import { SessionCookies } from './session-cookies.js';

const AuthDataSource = Symbol('AuthDataSource');

/** The parts a host may replace: its class, or our default. */
export function replaceableParts(parts: AuthModuleParts): Provider[] {
  return [
    { provide: AuthDataSource, useExisting: getDataSourceToken(parts.dataSource) },
    parts.userStore
      ? { provide: UserStore, useClass: parts.userStore }
      : from(UserStore, [AuthDataSource], (source: DataSource) => new TypeOrmUserStore(source)),
    parts.passwordHasher
      ? { provide: PasswordHasher, useClass: parts.passwordHasher }
      : from(PasswordHasher, [ResolvedAuthOptions], ({ passwords }: ResolvedAuthOptions) => {
          const { bcryptCost, peppers, hashingQueue } = passwords;
          return new BcryptPasswordHasher({ cost: bcryptCost, peppers, queueLimit: hashingQueue });
        }),
    { provide: AccessJwtStrategy, useClass: parts.accessJwtStrategy ?? AccessJwtStrategy },
    parts.revocationList
      ? { provide: RevocationList, useClass: parts.revocationList }
      : from(
          RevocationList,
          [ResolvedAuthOptions],
          ({ clock }: ResolvedAuthOptions) => new InMemoryRevocationList(clock),
        ),
  ];
}

/** The core, which knows nothing of Nest, put together from the options. */
export const coreProviders: Provider[] = [
  from(
    AccessTokens,
    [ResolvedAuthOptions, JwtService],
    ({ access, clock, claims }: ResolvedAuthOptions, jwt: JwtService) =>
      new AccessTokens(
        new JwtCodec(jwt, access.keys, 'at+jwt'),
        access.policy,
        clock,
        new VerifiedTokens(access.cacheSize),
        claims,
      ),
  ),
  from(
    RefreshTokens,
    [ResolvedAuthOptions, JwtService],
    ({ refresh }: ResolvedAuthOptions, jwt: JwtService) =>
      new RefreshTokens(new JwtCodec(jwt, refresh.keys, 'rt+jwt'), refresh.policy),
  ),
  from(
    RefreshTokenStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { sessions }: ResolvedAuthOptions) => new RefreshTokenStore(source, sessions),
  ),
  from(
    TokensService,
    [AccessTokens, RefreshTokens, RefreshTokenStore, RevocationList, UserStore, ResolvedAuthOptions],
    (
      accessTokens: AccessTokens,
      refreshTokens: RefreshTokens,
      sessions: RefreshTokenStore,
      revocations: RevocationList,
      users: UserStore,
      { access }: ResolvedAuthOptions,
    ) =>
      new TokensService(accessTokens, refreshTokens, sessions, revocations, users, access.policy.maxLifetime),
  ),
  from(
    Passwords,
    [PasswordHasher, UserStore],
    (hasher: PasswordHasher, users: UserStore) => new Passwords(hasher, users),
  ),
  from(
    PasswordPolicy,
    [ResolvedAuthOptions],
    ({ passwords }: ResolvedAuthOptions) => new PasswordPolicy(passwords),
  ),
  from(
    AuthService,
    [UserStore, Passwords, PasswordPolicy, TokensService],
    (users: UserStore, passwords: Passwords, policy: PasswordPolicy, tokens: TokensService) =>
      new AuthService(users, passwords, policy, tokens),
  ),
  from(
    SessionCookies,
    [ResolvedAuthOptions, HttpAdapterHost],
    ({ cookies }: ResolvedAuthOptions, host: HttpAdapterHost) => new SessionCookies(cookies, host),
  ),
  { provide: AuthThrottlerStorage, useClass: ThrottlerStorageService },
];

function from<Made, Needed extends unknown[]>(
  provide: Extract<Provider, { provide: unknown }>['provide'],
  inject: Extract<Provider, { useFactory: unknown }>['inject'],
  useFactory: (...needed: Needed) => Made,
): Provider {
  return { provide, inject, useFactory: useFactory as (...needed: unknown[]) => Made };
}
