import { SetMetadata } from '@nestjs/common';

export const ROLES = 'latchkey:roles';
export const PERMISSIONS = 'latchkey:permissions';

/** The user needs at least one of these roles, else 403. On a method it replaces what the controller asks for. */
export const Roles = (...roles: string[]) => SetMetadata(ROLES, roles);

/** The user needs all of these permissions, else 403. On a method it replaces what the controller asks for. */
export const Permissions = (...permissions: string[]) => SetMetadata(PERMISSIONS, permissions);
