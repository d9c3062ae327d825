import { describeController } from '../../openapi/description.js';
import { ACTION_TOKEN_SCHEMA, byLink } from '../email/email.docs.js';
import { FactorResetController } from './factor-reset.controller.js';

/** The description of `FactorResetController`. */
export const factorResetApi = describeController(FactorResetController, {
  tag: 'second factors',
  operations: {
    cancel: byLink(
      'cancelFactorsReset',
      'Keep the second factors that an administrator was to remove, with a mailed link',
      'The second factors stay.',
    ),
  },
  schemas: ACTION_TOKEN_SCHEMA,
});
