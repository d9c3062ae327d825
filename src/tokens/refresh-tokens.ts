import { InvalidRefreshTokenError } from '../errors/auth-errors.js';
import { toSeconds } from './access-tokens.js';
import { isRefreshTokenPayload, type ClaimsPolicy } from './claims.js';
import type { JwtCodec } from './jwt-codec.js';
import type { Session } from '../sessions/session-types.js';
import type { RefreshTokenPayload } from './token-types.js';

/** Refresh tokens: signed with their own secret, so that neither kind of token can pass for the other. */
export class RefreshTokens {
  constructor(
    private readonly codec: JwtCodec,
    private readonly policy: ClaimsPolicy,
  ) {}

  /** The session's current refresh token. A function of the row alone: a retry gets the same text again. */
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
   * The claims of a refresh token that Latchkey made, however old: the session's row decides whether it is still good.
   * @throws InvalidRefreshTokenError when it is no such token
   */
  async verify(token: string): Promise<RefreshTokenPayload> {
    const opened = await this.codec.open(token);
    if (!opened || !isRefreshTokenPayload(opened.claims, this.policy)) throw new InvalidRefreshTokenError();
    return opened.claims;
  }
}
