import type { SessionLimits } from '../../src/sessions/session-types.js';

/** Sessions of two hours, as many as somebody likes. Lifetimes are in seconds. */
export const SESSION_LIMITS: SessionLimits = {
  idleTtl: 3600,
  absoluteTtl: 7200,
  leeway: 10,
  rotation: true,
  maxPerUser: 0,
  whenFull: 'evict',
};
