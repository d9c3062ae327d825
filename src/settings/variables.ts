import { accountVariables } from './account.variables.js';
import { brandVariables } from './brand.variables.js';
import { eventVariables } from './event.variables.js';
import { mailVariables } from './mail.variables.js';
import { serviceVariables } from './service.variables.js';
import { sessionVariables } from './session.variables.js';
import { tokenVariables } from './token.variables.js';
import type { Variable } from './variable.js';

/**
 * All environment variables of the service: how each is parsed, what it sets, and how it is documented.
 *
 * If operators should be able to set a new option, add a row to one of these lists and run `npm run docs:config`.
 * `docs/adding-a-feature.md` lists the other places that an option touches.
 */
export const VARIABLES: readonly Variable[] = [
  ...serviceVariables,
  ...brandVariables,
  ...tokenVariables,
  ...sessionVariables,
  ...accountVariables,
  ...eventVariables,
  ...mailVariables,
];
