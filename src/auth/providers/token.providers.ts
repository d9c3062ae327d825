import { type Provider } from '@nestjs/common';
import { Clock, ExpiryClock } from '../../database/database-clock.js';
import { AuthEvents } from '../../events/auth-events.js';
import { AccessKeys, type Keys } from '../../keys/key-set.js';
import { AccessTokens } from '../../tokens/access-tokens.js';
import { DeviceProofs } from '../../tokens/device-proofs.js';
import { AccessSignatures } from '../../tokens/access-signatures.js';
import { NodeSignatures } from '../../tokens/node-signatures.js';
import { JwtCodec } from '../../tokens/jwt-codec.js';
import { SessionStore } from '../../sessions/session-store.js';
import { RefreshTokens } from '../../tokens/refresh-tokens.js';
import { RevocationList } from '../../revocation/revocation-list.js';
import { RenewedAuthentication } from '../../tokens/renewed-authentication.js';
import { Rotation } from '../../tokens/rotation.js';
import { TokenPairs } from '../../tokens/token-pairs.js';
import { RevocationChecks } from '../../revocation/revocation-checks.js';
import { REVOCATION_MARGIN_SECONDS, SessionEnder } from '../../revocation/session-ender.js';
import { MassRevocation } from '../../revocation/mass-revocation.js';
import { SessionEndings } from '../../revocation/session-endings.js';
import { TokenIntrospection } from '../../tokens/token-introspection.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { userRotationOf } from '../../tokens/user-rotation.js';
import { VerifiedTokens } from '../../tokens/verified-tokens.js';
import { UserStore } from '../../users/user-store.js';
import { provide } from './provide.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';

/** Tokens and sessions: the core, which does not depend on Nest. */
export const tokenProviders: Provider[] = [
  provide(
    AccessTokens,
    [ResolvedAuthOptions, AccessKeys, ExpiryClock],
    ({ access, staticClaims, claims }: ResolvedAuthOptions, keys: Keys, clock: Clock) =>
      new AccessTokens(
        new JwtCodec(new AccessSignatures(), keys, 'at+jwt'),
        access.policy,
        clock,
        new VerifiedTokens(access.cacheBytes),
        staticClaims,
        claims,
      ),
  ),
  provide(
    RefreshTokens,
    [ResolvedAuthOptions],
    ({ refresh }: ResolvedAuthOptions) =>
      new RefreshTokens(new JwtCodec(new NodeSignatures(), refresh.keys, 'rt+jwt'), refresh.policy),
  ),
  provide(
    DeviceProofs,
    [ResolvedAuthOptions, Clock],
    ({ refresh }: ResolvedAuthOptions, clock: Clock) => new DeviceProofs(refresh.keys, clock),
  ),
  provide(
    SessionEnder,
    [SessionStore, RevocationList, AuthEvents, ResolvedAuthOptions],
    (
      store: SessionStore,
      revocations: RevocationList,
      events: AuthEvents,
      { access, sessions }: ResolvedAuthOptions,
    ) => {
      const remember = access.policy.maxLifetime + REVOCATION_MARGIN_SECONDS;
      return new SessionEnder(store, revocations, events, remember, Math.max(remember, sessions.absoluteTtl));
    },
  ),
  provide(
    MassRevocation,
    [SessionStore, SessionEnder, RevocationList, AuthEvents, ResolvedAuthOptions, Clock],
    (
      store: SessionStore,
      ender: SessionEnder,
      revocations: RevocationList,
      events: AuthEvents,
      { access, sessions }: ResolvedAuthOptions,
      clock: Clock,
    ) =>
      new MassRevocation(store, ender, revocations, events, {
        remember: Math.max(access.policy.maxLifetime + REVOCATION_MARGIN_SECONDS, sessions.absoluteTtl),
        clock,
      }),
  ),
  provide(
    SessionEndings,
    [RevocationList, AuthEvents],
    (revocations: RevocationList, events: AuthEvents) => new SessionEndings(revocations, events),
  ),
  provide(
    RevocationChecks,
    [RevocationList, SessionStore, UserStore, ResolvedAuthOptions],
    (
      revocations: RevocationList,
      sessions: SessionStore,
      users: UserStore,
      { revocation: { check } }: ResolvedAuthOptions,
    ) => new RevocationChecks(revocations, sessions, users, check),
  ),
  provide(
    TokenPairs,
    [AccessTokens, RefreshTokens],
    (accessTokens: AccessTokens, refreshTokens: RefreshTokens) => new TokenPairs(accessTokens, refreshTokens),
  ),
  provide(
    RenewedAuthentication,
    [SessionStore, TokenPairs],
    (sessions: SessionStore, pairs: TokenPairs) => new RenewedAuthentication(sessions, pairs),
  ),
  provide(
    Rotation,
    [SessionStore, UserStore, TokenPairs, SessionEnder, RevocationChecks, AuthEvents],
    (
      sessions: SessionStore,
      users: UserStore,
      pairs: TokenPairs,
      ender: SessionEnder,
      checks: RevocationChecks,
      events: AuthEvents,
    ) => new Rotation(sessions, users, pairs, ender, checks, events, userRotationOf(sessions, users)),
  ),
  provide(
    TokensService,
    [
      AccessTokens,
      RefreshTokens,
      TokenPairs,
      Rotation,
      SessionStore,
      RevocationChecks,
      SessionEnder,
      AuthEvents,
    ],
    (
      accessTokens: AccessTokens,
      refreshTokens: RefreshTokens,
      pairs: TokenPairs,
      rotation: Rotation,
      sessions: SessionStore,
      checks: RevocationChecks,
      ender: SessionEnder,
      events: AuthEvents,
    ) => new TokensService(accessTokens, refreshTokens, pairs, rotation, sessions, checks, ender, events),
  ),
  provide(TokenIntrospection, [TokensService], (tokens: TokensService) => new TokenIntrospection(tokens)),
];
