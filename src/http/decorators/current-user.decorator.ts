import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { AuthRequest } from '../shared/auth-request.js';

/** The `AuthUser` that `JwtAuthGuard` found, or one member of it: `@CurrentUser('id') userId: string`. */
export const CurrentUser: (member?: string) => ParameterDecorator = createParamDecorator(
  (member: string | undefined, context: ExecutionContext): unknown => {
    const { user } = context.switchToHttp().getRequest<AuthRequest>();
    return member ? (user as Record<string, unknown> | undefined)?.[member] : user;
  },
);
