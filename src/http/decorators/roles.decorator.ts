import { SetMetadata } from '@nestjs/common';

export const ROLES = 'latchkey:roles';
export const PERMISSIONS = 'latchkey:permissions';

/** Requires at least one of these roles; otherwise 403. On a method, replaces the controller's `@Roles`. */
export const Roles = (...roles: string[]) => SetMetadata(ROLES, roles);

/** Requires all of these permissions; otherwise 403. On a method, replaces the controller's `@Permissions`. */
export const Permissions = (...permissions: string[]) => SetMetadata(PERMISSIONS, permissions);
