import type { AuthModuleOptions } from '../options/auth-options.js';
import { findOptionWarnings, type OptionWarning } from '../options/option-warnings.js';
import { resolveOptions } from '../options/resolve-options.js';
import type { AuthModuleParts } from './auth-module-parts.js';
import { PART_NAMES } from './auth.module-definition.js';

/**
 * Performs the check that `AuthModule` performs at startup, for hosts that want to check options earlier.
 * @throws AuthOptionsError listing all problems
 */
export function checkAuthOptions(options: AuthModuleOptions & AuthModuleParts): void {
  resolveOptions(options, { names: PART_NAMES, allowed: true });
}

/**
 * Returns what is valid but unsafe in options, such as a secret that can be guessed. `AuthModule` logs the same at
 * startup.
 * @throws AuthOptionsError listing all problems when the options are invalid
 */
export function authOptionWarnings(options: AuthModuleOptions & AuthModuleParts): OptionWarning[] {
  return findOptionWarnings(options, { names: PART_NAMES, allowed: true });
}
