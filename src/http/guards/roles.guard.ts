import { type CanActivate, type ExecutionContext, Inject, Injectable, Optional } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { currentUser } from '../../transports/request-of.js';
import { StepUpClock } from './step-up-clock.js';
import { assertMeets, requirementOf } from './access-requirement.js';

/**
 * Enforces `@Roles`, `@Permissions` and `@StepUp` after your own authentication guard; `JwtAuthGuard` already enforces
 * them. Throws `TokenMissingError` (401) when nobody is authenticated, `ForbiddenError` (403) when the user lacks access,
 * and `StepUpRequiredError` (401).
 */
@Injectable()
export class RolesGuard implements CanActivate {
  /** Not an argument of the constructor, which subclasses of hosts call. */
  @Optional() @Inject(StepUpClock) private readonly clock?: StepUpClock;

  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    assertMeets(currentUser(context), requirementOf(this.reflector, context), this.clock);
    return true;
  }
}
