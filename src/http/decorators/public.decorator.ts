import { SetMetadata } from '@nestjs/common';

export const AUTHENTICATION = 'latchkey:authentication';

/** What `JwtAuthGuard` does without being told: it requires a token. These are the exceptions. */
export type Authentication = 'none' | 'optional';

const exempt = (authentication: Authentication) => SetMetadata(AUTHENTICATION, authentication);

/**
 * Lets requests to a route, or to every route of a controller, through `JwtAuthGuard` without a token. `@Roles`,
 * `@Permissions` and `@StepUp` on the route still apply. On a method, replaces the controller's `@OptionalAuth()`.
 */
export const Public = () => exempt('none');

/**
 * Makes the token optional for `JwtAuthGuard` on a route, or on every route of a controller: `@CurrentUser()` is the user
 * with a valid token and `undefined` without one. A token that is expired, revoked or invalid is refused with 401 as on
 * other routes, and so is a cookie with one, unless `cookies.silentRefresh` can renew it. `@Roles`, `@Permissions`
 * and `@StepUp` on the route still require a user. On a method, replaces the controller's `@Public()`.
 */
export const OptionalAuth = () => exempt('optional');
