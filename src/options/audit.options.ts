import type { Duration } from './duration.js';
import { duration, group, type Rules, switchable } from './rules.js';

/** @inline */
export interface AuditOptions {
  /** How long events are kept, at least `1s`. Default `90d`. */
  retention?: Duration;
}

const RULES = { retention: duration('90d', { min: 1 }) } satisfies Rules<AuditOptions>;

export const audit = switchable(group(RULES));
