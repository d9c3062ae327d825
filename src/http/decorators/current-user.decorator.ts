import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthRequest } from '../shared/auth-request.js';

/**
 * Injects the `AuthUser` that `JwtAuthGuard` found, or one of its fields: `@CurrentUser('id') userId: string`.
 * `undefined` on routes without an authenticated user.
 */
export const CurrentUser: (member?: string) => ParameterDecorator = createParamDecorator(
  (member: string | undefined, context: ExecutionContext): unknown => {
    const { user } = context.switchToHttp().getRequest<AuthRequest>();
    return member ? (user as Record<string, unknown> | undefined)?.[member] : user;
  },
);
