/** Which of the module's limits a route is under. */
export const RATE_LIMIT = 'latchkey:rate-limit';
