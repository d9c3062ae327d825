import type { AuthModuleOptions } from '../options/auth-options.js';
import { resolveOptions } from '../options/resolve-options.js';
import type { AuthModuleParts } from './auth-module-parts.js';
import { PART_NAMES } from './auth.module-definition.js';

/**
 * The check `AuthModule` makes at start-up, for those who want to make it earlier.
 * @throws AuthOptionsError naming every problem
 */
export function checkAuthOptions(options: AuthModuleOptions & AuthModuleParts): void {
  resolveOptions(options, { names: PART_NAMES, allowed: true });
}
