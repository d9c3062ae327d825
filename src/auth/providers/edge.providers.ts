import { Logger, type Provider } from '@nestjs/common';
import { HttpAdapterHost, ModulesContainer } from '@nestjs/core';
import { ResourceClients } from '../../clients/resource-clients.js';
import { AuthEvents } from '../../events/auth-events.js';
import { ClientAttempts } from '../../http/oauth/client-attempts.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { type Clock, ExpiryClock } from '../../database/database-clock.js';
import { StepUpClock } from '../../http/guards/step-up-clock.js';
import { CsrfGuard } from '../../http/browser/csrf.guard.js';
import { SilentRefresh } from '../../http/browser/silent-refresh.js';
import { TrustedOrigins } from '../../http/browser/trusted-origins.js';
import { describeRegisteredRoutes } from '../host-document.js';
import { provide } from './provide.js';
import { AuthThrottlerStorage } from '../../http/rate-limits/rate-limit.guard.js';
import { RateLimitStorage } from '../../rate-limits/rate-limit.storage.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { UserViews } from '../../accounts/user-views.js';
import { AuthResponses } from '../../http/sign-in/auth-responses.js';
import { MfaCookies } from '../../http/mfa/mfa-cookies.js';
import { SessionCookies } from '../../http/browser/session-cookies.js';

const RoutesForSwagger = Symbol('RoutesForSwagger');

const logger = new Logger('Cookies');
const warn = (message: string) => logger.warn(message);

/** Cookies, their CSRF protection, and rate limits. The guards inject these in every module. */
export const edgeProviders: Provider[] = [
  provide(
    SessionCookies,
    [ResolvedAuthOptions, HttpAdapterHost],
    ({ cookies }: ResolvedAuthOptions, host: HttpAdapterHost) => new SessionCookies(cookies, host, warn),
  ),
  provide(
    AuthThrottlerStorage,
    [RedisConnection],
    (redis: RedisConnection | undefined) => new RateLimitStorage(redis),
  ),
  provide(
    ClientAttempts,
    [ResourceClients, AuthThrottlerStorage, AuthEvents, ResolvedAuthOptions],
    (
      clients: ResourceClients,
      counts: RateLimitStorage,
      events: AuthEvents,
      { rateLimits }: ResolvedAuthOptions,
    ) => new ClientAttempts(clients, counts, events, rateLimits ? rateLimits.clients : undefined),
  ),
  provide(
    AuthResponses,
    [TokensService, SessionCookies, UserViews, MfaCookies],
    (...parts: [...ConstructorParameters<typeof AuthResponses>]) => new AuthResponses(...parts),
  ),
  provide(
    TrustedOrigins,
    [ResolvedAuthOptions],
    ({ trustedOrigins }: ResolvedAuthOptions) => new TrustedOrigins(trustedOrigins),
  ),
  provide(
    SilentRefresh,
    [TokensService, SessionCookies, TrustedOrigins, ResolvedAuthOptions],
    (
      tokens: TokensService,
      sessionCookies: SessionCookies,
      trusted: TrustedOrigins,
      { cookies }: ResolvedAuthOptions,
    ) => new SilentRefresh(tokens, sessionCookies, trusted, cookies.silentRefresh),
  ),
  CsrfGuard,
  provide(
    StepUpClock,
    [ExpiryClock, ResolvedAuthOptions],
    (clock: Clock, { access }: ResolvedAuthOptions) => new StepUpClock(clock, access.policy.clockTolerance),
  ),
  provide(
    RoutesForSwagger,
    [ModulesContainer, ResolvedAuthOptions],
    (modules: ModulesContainer, { cookies }: ResolvedAuthOptions) =>
      describeRegisteredRoutes(modules, cookies.silentRefresh),
  ),
];
