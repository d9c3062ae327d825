import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { currentUser } from '../../transports/request-of.js';
import { assertMeets, requirementOf } from './access-requirement.js';

/**
 * Enforces `@Roles` and `@Permissions` after your own authentication guard; `JwtAuthGuard` already enforces them.
 * Throws `TokenMissingError` (401) when nobody is authenticated and `ForbiddenError` (403) when the user lacks access.
 */
@Injectable()
export class RolesGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    assertMeets(currentUser(context), requirementOf(this.reflector, context));
    return true;
  }
}
