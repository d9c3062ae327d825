/** What the database knows about a session whose refresh token was presented but did not rotate. */
export interface PresentedToken {
  revoked: boolean;
  expired: boolean;
  /** Whether the presented token is the session's current one. */
  current: boolean;
  /** Whether it is the direct predecessor of the current one and was replaced within the leeway. */
  withinLeeway: boolean;
}

/** Why a refresh token was rejected. */
export type Refusal = 'unknown' | 'revoked' | 'expired' | 'reused';

/** What a refresh token is worth now: `current` and `replayed` can be exchanged for new tokens. */
export type Standing = 'current' | 'replayed' | Refusal;

/** What a token is worth that nobody has tried to rotate. */
export function standingOf(presented: PresentedToken | undefined): Standing {
  const isUsable = presented?.current && !presented.revoked && !presented.expired;
  return isUsable ? 'current' : judge(presented);
}

/**
 * The only place that decides what it means when a refresh token could not be rotated. `replayed` is a lost response or
 * a second tab and gets the same successor again; `reused` means that two parties hold the token (RFC 9700 §4.14.2).
 * Once the successor has been used, its predecessor is no longer the direct one, so presenting it is always reuse.
 */
export function judge(presented: PresentedToken | undefined): Refusal | 'replayed' {
  if (!presented) return 'unknown';
  if (presented.revoked) return 'revoked';
  // It is current but was not rotated, so it expired between the two queries.
  if (presented.expired || presented.current) return 'expired';
  return presented.withinLeeway ? 'replayed' : 'reused';
}
