import type { ExecutionContext } from '@nestjs/common';
import type { Reflector } from '@nestjs/core';
import { ForbiddenError, TokenMissingError } from '../../errors/auth-errors.js';
import type { AuthUser } from '../../transports/auth-user.js';
import { PERMISSIONS, ROLES } from '../decorators/roles.decorator.js';

/** What `@Roles` and `@Permissions` require on a route; `undefined` where they are not used. */
export interface AccessRequirement {
  roles?: string[];
  permissions?: string[];
}

export function requirementOf(reflector: Reflector, context: ExecutionContext): AccessRequirement {
  const targets = [context.getHandler(), context.getClass()];
  return {
    roles: reflector.getAllAndOverride<string[] | undefined>(ROLES, targets),
    permissions: reflector.getAllAndOverride<string[] | undefined>(PERMISSIONS, targets),
  };
}

/**
 * @throws TokenMissingError when a role or permission is required and nobody is authenticated
 * @throws ForbiddenError when the user lacks it
 */
export function assertMeets(user: AuthUser | undefined, { roles, permissions }: AccessRequirement): void {
  if (!roles && !permissions) return;
  if (!user) throw new TokenMissingError();
  if (roles && !roles.some((role) => user.roles.includes(role))) throw new ForbiddenError();
  if (permissions && !permissions.every((name) => user.permissions.includes(name)))
    throw new ForbiddenError();
}
