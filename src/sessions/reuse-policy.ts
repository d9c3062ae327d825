/** What the database says about a session whose refresh token was presented but did not move it on. */
export interface PresentedToken {
  revoked: boolean;
  expired: boolean;
  /** The presented token is the session's current one. */
  current: boolean;
  /** It is the current one's direct predecessor, and was replaced no longer than the leeway ago. */
  withinLeeway: boolean;
}

/** Why a refresh token did not move its session on. */
export type Refusal = 'unknown' | 'revoked' | 'expired' | 'reused';

/**
 * The one place that decides what a refresh token means that could not rotate its session: `replayed` is a lost
 * response or a second tab and gets the same successor again; `reused` means two parties hold the token (RFC 9700
 * §4.14.2). The predecessor of a *used* token is no predecessor of the current one any more, so it is reuse at any time.
 */
export function judge(presented: PresentedToken | undefined): Refusal | 'replayed' {
  if (!presented) return 'unknown';
  if (presented.revoked) return 'revoked';
  // Current, yet it did not rotate: it ran out between the two looks.
  if (presented.expired || presented.current) return 'expired';
  return presented.withinLeeway ? 'replayed' : 'reused';
}
