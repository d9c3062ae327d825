import { randomUUID } from 'node:crypto';
import { InvalidRefreshTokenError } from '../errors/auth-errors.js';
import { toSeconds } from './access-tokens.js';
import { isRefreshTokenPayload, type ClaimsPolicy } from './claims.js';
import type { JwtCodec } from './jwt-codec.js';
import type { Session } from '../sessions/session-types.js';
import type { RefreshTokenPayload } from './token-types.js';

/** Issues and verifies refresh tokens. They have their own secret, so neither kind of token can pass for the other. */
export class RefreshTokens {
  constructor(
    private readonly codec: JwtCodec,
    private readonly policy: ClaimsPolicy,
  ) {}

  /** Issues the session's current refresh token. It depends only on the row, so a retry gets the same text again. */
  issue(session: Session): Promise<string> {
    const claims: RefreshTokenPayload = {
      iss: this.policy.issuer,
      sub: session.userId,
      aud: this.policy.audience,
      iat: toSeconds(session.rotatedAt),
      exp: toSeconds(session.expiresAt),
      jti: session.currentJti,
      sid: session.id,
      type: 'refresh',
    };
    return this.codec.sign(claims);
  }

  /**
   * Returns the claims of a refresh token issued by Latchkey, however old: the session's row decides whether it may
   * still be used.
   * @throws InvalidRefreshTokenError when Latchkey did not issue it
   */
  async verify(token: string): Promise<RefreshTokenPayload> {
    const opened = await this.codec.open(token);
    if (!opened || !isRefreshTokenPayload(opened.claims, this.policy)) throw new InvalidRefreshTokenError();
    return opened.claims;
  }

  /**
   * Signs a token and verifies it. Nobody receives it, and no session has its id.
   * @throws Error when it is not accepted
   */
  async prove(): Promise<void> {
    const now = new Date();
    const ids = { id: randomUUID(), currentJti: randomUUID(), userId: 'nobody' };
    await this.verify(await this.issue({ ...ids, rotatedAt: now, expiresAt: now } as Session));
  }
}
