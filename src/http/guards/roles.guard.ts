import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthRequest } from '../shared/auth-request.js';
import type { AuthUser } from '../shared/auth-user.js';
import { assertMeets, requirementOf } from './access-requirement.js';

/**
 * Enforces `@Roles` and `@Permissions` after your own authentication guard; `JwtAuthGuard` already enforces them.
 * Throws `TokenMissingError` (401) when nobody is authenticated and `ForbiddenError` (403) when the user lacks access.
 */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<AuthRequest>();
    assertMeets(user as AuthUser | undefined, requirementOf(this.reflector, context));
    return true;
  }
}
