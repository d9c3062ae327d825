import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { AuthUser } from '../transports/auth-user.js';
import { assertMeets, requirementOf } from '../http/guards/access-requirement.js';
import { requestOf } from '../transports/request-of.js';

/**
 * Replaces `JwtAuthGuard` in tests that are not about tokens: every request is made by this user. `@Roles`,
 * `@Permissions` and `@StepUp` are still enforced: the user has authenticated when the guard was made, unless `claims` say
 * otherwise. Fields that `user` omits get test values, with no roles and no permissions.
 *
 * `Test.createTestingModule(…).overrideGuard(JwtAuthGuard).useValue(overrideJwtAuthGuard({ roles: ['admin'] }))`
 */
export function overrideJwtAuthGuard(user: Partial<AuthUser> = {}): CanActivate {
  const reflector = new Reflector();
  const everybody = toAuthUser(user);
  return {
    canActivate(context: ExecutionContext): boolean {
      requestOf(context).user = everybody;
      assertMeets(everybody, requirementOf(reflector, context));
      return true;
    },
  };
}

function toAuthUser({ id = 'test-user', sessionId = 'test-session', ...rest }: Partial<AuthUser>): AuthUser {
  const { roles = [], permissions = [] } = rest;
  const now = Math.floor(Date.now() / 1000);
  const claims: AuthUser['claims'] = {
    iss: 'test',
    aud: 'test',
    sub: id,
    sid: sessionId,
    jti: 'test-token',
    client_id: 'test',
    iat: now,
    exp: now + 900,
    auth_time: now,
    acr: 'pwd',
    amr: ['pwd'],
    type: 'access',
    roles,
    permissions,
    ...rest.claims,
  };
  return { id, sessionId, roles, permissions, claims };
}
