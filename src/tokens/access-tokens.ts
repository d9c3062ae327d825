import { randomUUID } from 'node:crypto';
import { hidingHash } from '../users/hidden-hash.js';
import { InvalidTokenError } from '../errors/auth-errors.js';
import { callHost } from '../errors/host-call.js';
import { isAccessTokenPayload, isExpired, livesTooLong, type ClaimsPolicy } from './claims.js';
import { MAX_TOKEN_LENGTH } from './compact-jws.js';
import type { JwtCodec } from './jwt-codec.js';
import { authenticationOf } from '../sessions/authentication.js';
import type { Session } from '../sessions/session-types.js';
import { tokenTooLong } from './token-length.js';
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

/** A user whose access token can be issued, with the claims that the hook adds to it. */
export interface PreparedSubject {
  subject: TokenSubject;
  extra: Record<string, unknown>;
}

/** Stands for a session that does not exist yet: none has longer claims, so whoever can log in can also step up. */
const ANY_SESSION = {
  id: randomUUID(),
  now: new Date(),
  createdAt: new Date(),
  absoluteExpiresAt: new Date(),
  authTime: new Date(0x7fffffff_000),
  amr: ['pwd', 'otp', 'hwk', 'user', 'mfa'],
} as unknown as Session;

const ANYBODY: TokenSubject = { id: randomUUID(), roles: [], permissions: [] };
const FAR = new Date(8_640_000_000_000);

const CLAIMS_HOOK = {
  name: 'The claims hook',
  expected: 'an object with claims',
  fits: (claims: unknown) => typeof claims === 'object' && claims !== null && !Array.isArray(claims),
};
const CLAIMS_AS_JSON = { ...CLAIMS_HOOK, name: 'Writing what the claims hook returned as JSON' };

/** Issues access tokens, and is the only place that verifies them. */
export class AccessTokens {
  /** Receives the duration, in seconds, of each verification that is not answered from memory. */
  observe: ((seconds: number) => void) | undefined;
  private emptyClaims: AccessTokenPayload | undefined;

  constructor(
    private readonly codec: JwtCodec,
    private readonly policy: ClaimsPolicy,
    private readonly clock: () => number,
    private readonly verified: VerifiedTokens,
    private readonly staticClaims: StaticClaims,
    private readonly claimsHook?: ClaimsHook,
  ) {}

  /**
   * Does everything that can fail because of the subject, so that it fails before a session starts or moves on: calls
   * the claims hook, and checks that the token will not be longer than `maxLength` characters.
   * @throws InternalError when the token would be too long; its `cause` names the claims
   */
  async prepare(subject: TokenSubject, maxLength = MAX_TOKEN_LENGTH): Promise<PreparedSubject> {
    const prepared = { subject, extra: await this.extraClaims(subject) };
    const claims = this.claimsOf(prepared, ANY_SESSION);
    const length = this.codec.lengthOf(claims);
    const limit = Math.min(maxLength, MAX_TOKEN_LENGTH);
    if (length > limit) throw tokenTooLong(claims, length, limit);
    return prepared;
  }

  /**
   * The bytes of roles and permissions, in PostgreSQL's notation, for which {@link prepare} surely succeeds and has
   * nothing to add. `undefined` if a claims hook has to be asked.
   */
  roomForRoles(maxLength = MAX_TOKEN_LENGTH): number | undefined {
    if (this.claimsHook) return undefined;
    this.emptyClaims ??= this.claimsOf({ subject: ANYBODY, extra: {} }, ANY_SESSION);
    const room = Math.min(maxLength, MAX_TOKEN_LENGTH) - this.codec.lengthOf(this.emptyClaims);
    // A byte takes at most six in JSON, and an element two quotes more; base64url makes four of three.
    return Math.max(0, Math.floor((room * 3) / 4 / 8));
  }

  /** Uses the database's time, so that instances with different clocks agree. The token never outlives its session. */
  async issue(prepared: PreparedSubject, session: Session): Promise<{ token: string; expiresIn: number }> {
    const claims = this.claimsOf(prepared, session);
    return { token: await this.codec.sign(claims), expiresIn: claims.exp - claims.iat };
  }

  /**
   * Signs a token and verifies it, as if somebody had logged in. Nobody receives it, and no session has its id.
   * @throws UnavailableError | Error when the current key cannot sign, or its signature is not accepted
   */
  async prove(): Promise<void> {
    const now = new Date(this.clock());
    const session = { ...ANY_SESSION, id: randomUUID(), now, createdAt: now, absoluteExpiresAt: FAR };
    const claims = this.claimsOf({ subject: ANYBODY, extra: {} }, session);
    const opened = await this.codec.open(await this.codec.sign(claims));
    if (!opened || !isAccessTokenPayload(opened.claims, this.policy, this.now()))
      throw new Error('An access token that was signed here is not accepted here.');
  }

  private async extraClaims(subject: TokenSubject): Promise<PreparedSubject['extra']> {
    const { claimsHook } = this;
    if (!claimsHook) return {};
    const claims = await callHost(CLAIMS_HOOK, () => claimsHook(hidingHash(subject)));
    // A copy without methods: what is measured is what is signed.
    return callHost(CLAIMS_AS_JSON, () => JSON.parse(JSON.stringify(claims)) as typeof claims);
  }

  private claimsOf({ subject, extra }: PreparedSubject, session: Session): AccessTokenPayload {
    const iat = toSeconds(session.now);
    const { acr, amr, authTime } = authenticationOf(session);
    const began = toSeconds(session.createdAt);
    const auth_time = toSeconds(authTime);
    return {
      ...this.staticClaims.added,
      ...extra,
      iss: this.policy.issuer,
      sub: subject.id,
      aud: this.policy.audience,
      iat,
      exp: Math.min(iat + this.policy.maxLifetime, toSeconds(session.absoluteExpiresAt)),
      jti: randomUUID(),
      sid: session.id,
      client_id: this.staticClaims.clientId,
      type: 'access',
      roles: subject.roles,
      permissions: subject.permissions,
      auth_time,
      acr,
      amr,
      session_began: began === auth_time ? undefined : began,
    };
  }

  /**
   * Returns the claims of an access token that is valid except that it may have expired or been revoked: check both.
   * @throws InvalidTokenError
   */
  async verify(token: string): Promise<AccessTokenPayload> {
    const claims = await this.readForRevocation(token);
    if (livesTooLong(claims, this.policy)) throw new InvalidTokenError();
    if (this.hasExpired(claims)) this.verified.forget(token);
    return claims;
  }

  /** Whether a token with these claims has expired. */
  hasExpired(claims: AccessTokenPayload): boolean {
    return isExpired(claims, this.policy, this.now());
  }

  /** Returns the claims of a token that has not expired if they are known without cryptography; else `undefined`. */
  recall(token: string): AccessTokenPayload | undefined {
    const known = this.verified.find(token);
    if (!known || !this.codec.trusts(known.kid)) return undefined;
    return this.hasExpired(known.claims) ? undefined : known.claims;
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
      this.verified.add(token, { claims: opened.claims, kid: opened.kid }, this.now());
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
