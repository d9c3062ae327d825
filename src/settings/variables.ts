import { accountVariables } from './account.variables.js';
import { eventVariables } from './event.variables.js';
import { serviceVariables } from './service.variables.js';
import { sessionVariables } from './session.variables.js';
import { tokenVariables } from './token.variables.js';
import type { Variable } from './variable.js';

/**
 * All environment variables of the service: how each is parsed, what it sets, and how it is documented.
 *
 * To add an option, change two places: its type and its rule in `src/options/<group>.options.ts` and, if operators
 * should be able to set it, a row in one of these lists. Then run `npm run docs:config`.
 */
export const VARIABLES: readonly Variable[] = [
  ...serviceVariables,
  ...tokenVariables,
  ...sessionVariables,
  ...accountVariables,
  ...eventVariables,
];
