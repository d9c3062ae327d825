import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  ThrottlerGuard,
  ThrottlerStorage,
  type ThrottlerLimitDetail,
  type ThrottlerModuleOptions,
} from '@nestjs/throttler';
import { RateLimitedError } from '../../errors/auth-errors.js';
import { AuthEvents } from '../../events/auth-events.js';
import { canonicalEmail } from '../../users/email.js';
import type { RateLimitName } from '../options/auth-options.js';
import { type AuthRequest, clientOf } from '../auth-request.js';
import type { AuthUser } from '../auth-user.js';
import { ResolvedAuthOptions } from '../options/resolve-options.js';
import { RATE_LIMIT } from './rate-limit.metadata.js';

/** Where the counts of Latchkey's own limits are kept: apart from a throttler the host may use. */
export const AuthThrottlerStorage = Symbol('AuthThrottlerStorage');

/**
 * Counts the requests to an endpoint by client address and, where a password is tried, by account, before any work is
 * done. Over the limit: `RateLimitedError` with the seconds to wait.
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  constructor(
    @Inject(ResolvedAuthOptions) private readonly settings: ResolvedAuthOptions,
    @Inject(AuthThrottlerStorage) storage: ThrottlerStorage,
    reflector: Reflector,
    @Inject(AuthEvents) private readonly events: AuthEvents,
  ) {
    super(
      { setHeaders: false, throttlers: settings.rateLimits ? throttlersFor(settings.rateLimits) : [] },
      storage,
      reflector,
    );
  }

  protected override async shouldSkip(): Promise<boolean> {
    return !this.settings.rateLimits;
  }

  /** One count for an account or an address on one limit, whatever route it comes by. */
  protected override generateKey(context: ExecutionContext, tracker: string, throttler: string): string {
    return throttler === 'account' ? `account:${tracker}` : `${limitOf(context)}:${tracker}`;
  }

  protected override async throwThrottlingException(context: ExecutionContext, detail: ThrottlerLimitDetail) {
    const client = clientOf(context.switchToHttp().getRequest<AuthRequest>());
    this.events.emit({ type: 'throttled', limit: limitOf(context), ...client });
    throw new RateLimitedError({ retryAfter: Math.max(1, detail.timeToBlockExpire) });
  }
}

function throttlersFor(
  limits: Record<RateLimitName, { limit: number; seconds: number }>,
): Extract<ThrottlerModuleOptions, unknown[]> {
  return [
    {
      name: 'address',
      limit: (context) => limits[limitOf(context)].limit,
      ttl: (context) => limits[limitOf(context)].seconds * 1000,
    },
    {
      name: 'account',
      limit: limits.account.limit,
      ttl: limits.account.seconds * 1000,
      skipIf: (context) => accountTried(context) === null,
      getTracker: (_request, context) => accountTried(context)!,
    },
  ];
}

function limitOf(context: ExecutionContext): RateLimitName {
  return Reflect.getMetadata(RATE_LIMIT, context.getHandler()) as RateLimitName;
}

/** The account whose password a request tries: the one it logs in to, or the caller's own. */
function accountTried(context: ExecutionContext): string | null {
  const limit = limitOf(context);
  const { body, user } = context.switchToHttp().getRequest<AuthRequest>();
  if (limit === 'password') return (user as AuthUser | undefined)?.id ?? null;
  const email = limit === 'login' ? (body as { email?: unknown } | undefined | null)?.email : undefined;
  return typeof email === 'string' ? (canonicalEmail(email) ?? 'no address') : null;
}
