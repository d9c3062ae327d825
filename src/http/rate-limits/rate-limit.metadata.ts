/** The metadata key for the name of a route's rate limit. */
export const RATE_LIMIT = 'latchkey:rate-limit';
