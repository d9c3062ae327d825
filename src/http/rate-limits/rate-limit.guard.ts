import { createHash } from 'node:crypto';
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
import { clientNetwork } from '../../events/client-network.js';
import type { RateLimitName, ResolvedRateLimit } from '../../options/rate-limits.options.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { clientOf } from '../shared/client-of.js';
import { clientAddress } from '../shared/client-address.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { RATE_LIMIT } from './rate-limit.metadata.js';

/** The injection token of the storage for Latchkey's own limits, separate from any throttler that the host uses. */
export const AuthThrottlerStorage = Symbol('AuthThrottlerStorage');

/**
 * Counts the requests to an endpoint by client address before any work is done: IPv4 by address, even when mapped into
 * IPv6, and IPv6 by /64 and, with higher limits, by /56 and /48: one customer may have that many. Over the limit, throws `RateLimitedError` with the number of seconds to wait.
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

  /** True when the option `rateLimits` is `false`. */
  protected override async shouldSkip(): Promise<boolean> {
    return !this.settings.rateLimits;
  }

  /** The throttler's own tracker, applied to a validated address. */
  protected override async getTracker(request: AuthRequest): Promise<string> {
    return super.getTracker({ ip: clientAddress(request) });
  }

  /** One count per address and limit, across routes. Hashed, so that Redis contains no addresses in the clear. */
  protected override generateKey(context: ExecutionContext, address: string): string {
    return `${limitOf(context)}:${createHash('sha256').update(address).digest('base64url')}`;
  }

  /** Reports the event `throttled`. @throws RateLimitedError with the seconds to wait */
  protected override async throwThrottlingException(context: ExecutionContext, detail: ThrottlerLimitDetail) {
    const client = clientOf(context.switchToHttp().getRequest<AuthRequest>());
    this.events.emit({ type: 'throttled', limit: limitOf(context), ...client });
    throw new RateLimitedError({ retryAfter: Math.max(1, detail.timeToBlockExpire) });
  }
}

type Limits = Record<RateLimitName, ResolvedRateLimit>;
type Throttler = Extract<ThrottlerModuleOptions, unknown[]>[number];

function throttlersFor(limits: Limits): Throttler[] {
  const ttl = (context: ExecutionContext) => limits[limitOf(context)].seconds * 1000;
  return [
    { name: 'address', limit: (context) => limits[limitOf(context)].limit, ttl },
    { ...networkThrottler(56, (name) => limits[name].limitPer56), ttl },
    { ...networkThrottler(48, (name) => limits[name].limitPer48), ttl },
  ];
}

/** Counts what the address's own limit has let through, so that one /64 alone cannot use up the limit of its network. */
function networkThrottler(prefix: 48 | 56, limitFor: (name: RateLimitName) => number | undefined) {
  const networkOf = (request: AuthRequest) => clientNetwork(clientAddress(request) ?? '', prefix);
  return {
    name: `network-${prefix}`,
    limit: (context: ExecutionContext) => limitFor(limitOf(context))!,
    skipIf: (context: ExecutionContext) => {
      if (limitFor(limitOf(context)) === undefined) return true;
      return !networkOf(context.switchToHttp().getRequest<AuthRequest>()).endsWith(`/${prefix}`);
    },
    getTracker: (request: object) => networkOf(request as AuthRequest),
  };
}

function limitOf(context: ExecutionContext): RateLimitName {
  return Reflect.getMetadata(RATE_LIMIT, context.getHandler()) as RateLimitName;
}
