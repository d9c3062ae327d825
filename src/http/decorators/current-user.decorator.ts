import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { currentUser } from '../../transports/request-of.js';

/**
 * Injects the `AuthUser` that `JwtAuthGuard` found, or one of its fields: `@CurrentUser('id') userId: string`.
 * `undefined` without an authenticated user. Also works in resolvers, gateways and handlers of messages.
 */
export const CurrentUser: (member?: string) => ParameterDecorator = createParamDecorator(
  (member: string | undefined, context: ExecutionContext): unknown => {
    const user: unknown = currentUser(context);
    return member ? (user as Record<string, unknown> | undefined)?.[member] : user;
  },
);
