/**
 * A refresh that is answered with one of these will never succeed: the session is over. Every other failure is worth a
 * retry with the same refresh token. Both the service, which then clears the cookies, and the client go by this list.
 */
export const FINAL_CODES = [
  'INVALID_REFRESH_TOKEN',
  'REFRESH_TOKEN_EXPIRED',
  'REFRESH_TOKEN_REUSED',
  'TOKEN_REVOKED',
] as const;
