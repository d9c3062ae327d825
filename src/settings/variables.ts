import { accountVariables } from './account.variables.js';
import { eventVariables } from './event.variables.js';
import { serviceVariables } from './service.variables.js';
import { sessionVariables } from './session.variables.js';
import { tokenVariables } from './token.variables.js';
import type { Variable } from './variable.js';

/**
 * Every environment variable of the service: what reads it, what it sets, and what the documentation says of it.
 *
 * A new option takes two places: its type and its rule in `src/options/<group>.options.ts`, and, if operators are to set it,
 * a row in one of these lists. Then `npm run docs:config`.
 */
export const VARIABLES: readonly Variable[] = [
  ...serviceVariables,
  ...tokenVariables,
  ...sessionVariables,
  ...accountVariables,
  ...eventVariables,
];
