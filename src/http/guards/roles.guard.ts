import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthRequest } from '../shared/auth-request.js';
import type { AuthUser } from '../shared/auth-user.js';
import { assertMeets, requirementOf } from './access-requirement.js';

/** Enforces `@Roles` and `@Permissions` behind a guard of your own; `JwtAuthGuard` does so by itself. */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const { user } = context.switchToHttp().getRequest<AuthRequest>();
    assertMeets(user as AuthUser | undefined, requirementOf(this.reflector, context));
    return true;
  }
}
