import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { Ownership } from '../../mfa/ownership.js';
import { RECENT_SECONDS } from '../../mfa/recovery-brake.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { StepUpClock } from './step-up-clock.js';

/** What a request was authenticated with, if the user of a host has claims at all. */
export const acrOf = (user: AuthUser): string | undefined => shownBy(user).acr;

/** How strongly, and by which methods, the user of a request has authenticated. */
export function shownBy({ claims }: AuthUser): Pick<AuthUser['claims'], 'acr' | 'amr'> {
  const { acr, amr }: Partial<AuthUser['claims']> = claims ?? {};
  return { acr, amr };
}

/**
 * Requires that the user has just authenticated: with their second factor if they have one and, for a change within some
 * time after a recovery, with a passkey. What `@StepUp` cannot say, because it depends on the user. Use it after
 * `JwtAuthGuard`.
 */
@Injectable()
export class OwnerGuard implements CanActivate {
  constructor(
    private readonly clock: StepUpClock,
    @Optional() @Inject(Ownership) private readonly ownership?: Ownership,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<AuthRequest>();
    const user = request.user as AuthUser;
    const stake = request.method === 'GET' ? 'data' : 'account';
    const acr = await this.ownership?.assertOwner({ id: user.id, acr: acrOf(user) }, stake);
    this.clock.assertMeets(user, { acr: acr ?? 'pwd', maxAge: RECENT_SECONDS });
    return true;
  }
}
