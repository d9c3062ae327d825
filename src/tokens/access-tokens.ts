import { randomUUID } from 'node:crypto';
import { InvalidTokenError, TokenExpiredError } from '../errors/auth-errors.js';
import { isAccessTokenPayload, isExpired, livesTooLong, type ClaimsPolicy } from './claims.js';
import type { JwtCodec } from './jwt-codec.js';
import type { Session } from '../sessions/session-types.js';
import type { AccessTokenPayload, TokenSubject } from './token-types.js';
import type { VerifiedTokens } from './verified-tokens.js';

/**
 * Adds claims to each access token, at login and at every refresh. Claims Latchkey itself writes cannot be replaced.
 * Keep personal data out: whoever sees the token can read it.
 */
export type ClaimsHook = (
  subject: TokenSubject,
) => Record<string, unknown> | Promise<Record<string, unknown>>;

/** Access tokens: how they are written, and the one way they are verified. */
export class AccessTokens {
  /** Told the seconds that each verification takes which is not answered from memory. */
  observe: ((seconds: number) => void) | undefined;

  constructor(
    private readonly codec: JwtCodec,
    private readonly policy: ClaimsPolicy,
    private readonly clock: () => number,
    private readonly verified: VerifiedTokens,
    private readonly claimsHook: ClaimsHook = () => ({}),
  ) {}

  /** Signed on the database's time, so that instances with different clocks agree; never outlives its session. */
  async issue(subject: TokenSubject, session: Session): Promise<{ token: string; expiresIn: number }> {
    const iat = toSeconds(session.now);
    const exp = Math.min(iat + this.policy.maxLifetime, toSeconds(session.absoluteExpiresAt));
    const claims: AccessTokenPayload = {
      ...(await this.claimsHook(subject)),
      iss: this.policy.issuer,
      sub: subject.id,
      aud: this.policy.audience,
      iat,
      exp,
      jti: randomUUID(),
      sid: session.id,
      type: 'access',
      roles: subject.roles,
      permissions: subject.permissions,
      auth_time: toSeconds(session.createdAt),
    };
    return { token: await this.codec.sign(claims), expiresIn: exp - iat };
  }

  /**
   * The claims of a good access token, whether or not its session has been revoked meanwhile.
   * @throws InvalidTokenError when anything but the time is wrong with it
   * @throws TokenExpiredError when only the time is
   */
  async verify(token: string): Promise<AccessTokenPayload> {
    const claims = await this.readForRevocation(token);
    if (livesTooLong(claims, this.policy)) throw new InvalidTokenError();
    if (!isExpired(claims, this.policy, this.now())) return claims;
    this.verified.forget(token);
    throw new TokenExpiredError();
  }

  /** What {@link verify} would say, when that is known without cryptography; else `undefined`. */
  recall(token: string): AccessTokenPayload | undefined {
    const known = this.verified.find(token);
    if (!known || !this.codec.trusts(known.kid)) return undefined;
    return isExpired(known.claims, this.policy, this.now()) ? undefined : known.claims;
  }

  /**
   * The claims of an access token of ours that may have expired, or live longer than is allowed by now: it still says
   * which session to end.
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

/** Whole seconds since the epoch, as JWT wants them. */
export function toSeconds(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
