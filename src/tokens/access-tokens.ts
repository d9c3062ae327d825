import { randomUUID } from 'node:crypto';
import { InvalidTokenError, TokenExpiredError } from '../errors/auth-errors.js';
import { isAccessTokenPayload, isExpired, livesTooLong, type ClaimsPolicy } from './claims.js';
import type { JwtCodec } from './jwt-codec.js';
import type { Session } from '../sessions/session-types.js';
import type { AccessTokenPayload, TokenSubject } from './token-types.js';
import type { VerifiedTokens } from './verified-tokens.js';

/**
 * Returns extra claims for an access token; called at login and at every refresh. It cannot replace the claims that
 * Latchkey writes. Keep personal data out: anyone who sees the token can read it.
 */
export type ClaimsHook = (
  subject: TokenSubject,
) => Record<string, unknown> | Promise<Record<string, unknown>>;

/** What every access token says, no matter whose it is. */
export interface StaticClaims {
  clientId: string;
  /** Scope tokens separated by spaces; also among `added`. */
  scope?: string;
  /** Claims that the claims hook may replace. */
  added: Readonly<Record<string, unknown>>;
}

/** Issues access tokens, and is the only place that verifies them. */
export class AccessTokens {
  /** Receives the duration, in seconds, of each verification that is not answered from memory. */
  observe: ((seconds: number) => void) | undefined;

  constructor(
    private readonly codec: JwtCodec,
    private readonly policy: ClaimsPolicy,
    private readonly clock: () => number,
    private readonly verified: VerifiedTokens,
    private readonly staticClaims: StaticClaims,
    private readonly claimsHook: ClaimsHook = () => ({}),
  ) {}

  /** Uses the database's time, so that instances with different clocks agree. The token never outlives its session. */
  async issue(subject: TokenSubject, session: Session): Promise<{ token: string; expiresIn: number }> {
    const iat = toSeconds(session.now);
    const exp = Math.min(iat + this.policy.maxLifetime, toSeconds(session.absoluteExpiresAt));
    const claims: AccessTokenPayload = {
      ...this.staticClaims.added,
      ...(await this.claimsHook(subject)),
      iss: this.policy.issuer,
      sub: subject.id,
      aud: this.policy.audience,
      iat,
      exp,
      jti: randomUUID(),
      sid: session.id,
      client_id: this.staticClaims.clientId,
      type: 'access',
      roles: subject.roles,
      permissions: subject.permissions,
      auth_time: toSeconds(session.createdAt),
    };
    return { token: await this.codec.sign(claims), expiresIn: exp - iat };
  }

  /**
   * Returns the claims of a valid access token. Does not check whether its session has been revoked.
   * @throws InvalidTokenError when anything other than the expiry is wrong
   * @throws TokenExpiredError when the token has expired and is otherwise valid
   */
  async verify(token: string): Promise<AccessTokenPayload> {
    const claims = await this.readForRevocation(token);
    if (livesTooLong(claims, this.policy)) throw new InvalidTokenError();
    if (!isExpired(claims, this.policy, this.now())) return claims;
    this.verified.forget(token);
    throw new TokenExpiredError();
  }

  /** Returns what {@link verify} would return if that is known without cryptography; otherwise `undefined`. */
  recall(token: string): AccessTokenPayload | undefined {
    const known = this.verified.find(token);
    if (!known || !this.codec.trusts(known.kid)) return undefined;
    return isExpired(known.claims, this.policy, this.now()) ? undefined : known.claims;
  }

  /**
   * Returns the claims of an access token we issued, even if it has expired or lives longer than is now allowed: it
   * still names the session to end.
   * @throws InvalidTokenError
   */
  async readForRevocation(token: string): Promise<AccessTokenPayload> {
    const known = this.verified.find(token);
    if (known && this.codec.trusts(known.kid)) return known.claims;
    const began = performance.now();
    const opened = await this.codec.open(token);
    this.observe?.((performance.now() - began) / 1000);
    if (!opened || !isAccessTokenPayload(opened.claims, this.policy, this.now()))
      throw new InvalidTokenError();
    if (!livesTooLong(opened.claims, this.policy))
      this.verified.add(token, { claims: opened.claims, kid: opened.kid });
    return opened.claims;
  }

  private now(): number {
    return Math.floor(this.clock() / 1000);
  }
}

/** Whole seconds since the epoch (the NumericDate of RFC 7519 §2). */
export function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
