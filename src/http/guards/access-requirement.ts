import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ForbiddenError, TokenMissingError } from '../../errors/auth-errors.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { PERMISSIONS, ROLES } from '../decorators/roles.decorator.js';
import { STEP_UP, type StepUpRequirement } from '../decorators/step-up.decorator.js';
import { StepUpClock } from './step-up-clock.js';

/** What `@Roles`, `@Permissions` and `@StepUp` require on a route; `undefined` where they are not used. */
export interface AccessRequirement {
  roles?: string[];
  permissions?: string[];
  stepUp?: StepUpRequirement;
}

/** For guards that know no other clock. The tolerance is the default of `clockTolerance`. */
const SYSTEM_CLOCK = new StepUpClock(Date.now, 5);

export function requirementOf(reflector: Reflector, context: ExecutionContext): AccessRequirement {
  const targets = [context.getHandler(), context.getClass()];
  return {
    roles: reflector.getAllAndOverride<string[] | undefined>(ROLES, targets),
    permissions: reflector.getAllAndOverride<string[] | undefined>(PERMISSIONS, targets),
    stepUp: reflector.getAllAndOverride<StepUpRequirement | undefined>(STEP_UP, targets),
  };
}

/**
 * @throws TokenMissingError when something is required and nobody is authenticated
 * @throws ForbiddenError when the user lacks a role or permission
 * @throws StepUpRequiredError when the user has to authenticate again
 */
export function assertMeets(
  user: AuthUser | undefined,
  { roles, permissions, stepUp }: AccessRequirement,
  clock = SYSTEM_CLOCK,
): void {
  if (!roles && !permissions && !stepUp) return;
  if (!user) throw new TokenMissingError();
  if (roles && !roles.some((role) => user.roles.includes(role))) throw new ForbiddenError();
  if (permissions && !permissions.every((name) => user.permissions.includes(name)))
    throw new ForbiddenError();
  if (stepUp) clock.assertMeets(user, stepUp);
}
