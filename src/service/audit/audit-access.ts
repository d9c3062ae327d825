import { MetricsAccess } from '../metrics/metrics-access.js';

/** Decides who may read the whole audit trail: clients with one of the tokens, in development too. */
export class AuditAccess extends MetricsAccess {
  constructor(tokens: readonly string[]) {
    super(tokens, false);
  }
}
