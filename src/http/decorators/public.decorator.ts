import { SetMetadata } from '@nestjs/common';

export const PUBLIC = 'latchkey:public';

/**
 * Lets requests to a route, or to every route of a controller, through `JwtAuthGuard` without a token. `@Roles` and
 * `@Permissions` on the route still apply.
 */
export const Public = () => SetMetadata(PUBLIC, true);
