import { SetMetadata } from '@nestjs/common';

export const PUBLIC = 'latchkey:public';

/** Lets a route, or every route of a controller, through `JwtAuthGuard` without a token; `@Roles` on it still holds. */
export const Public = () => SetMetadata(PUBLIC, true);
