import { randomUUID } from 'node:crypto';
import { isUuid } from '../database/uuid.js';
import { ForbiddenError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { RevocationChecks } from '../revocation/revocation-checks.js';
import type { SessionEnder } from '../revocation/session-ender.js';
import type { SessionAuthentication } from '../sessions/authentication.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo, RevocationReason, SessionInfo } from '../sessions/session-types.js';
import type { AccessTokens } from './access-tokens.js';
import { readToken } from './read-token.js';
import type { RefreshTokens } from './refresh-tokens.js';
import type { Rotation } from './rotation.js';
import type { TokenPairs } from './token-pairs.js';
import type {
  AccessTokenPayload,
  RefreshTokenPayload,
  StartedSession,
  TokenLimits,
  TokenPair,
  TokenSubject,
} from './token-types.js';

/**
 * Issues, rotates, verifies and revokes tokens. Independent of HTTP: call it from jobs, sockets or your own login
 * method. Every method that needs the database throws `UnavailableError` when the database is unavailable.
 */
export class TokensService {
  /** @internal */
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly pairs: TokenPairs,
    private readonly rotation: Rotation,
    private readonly sessions: SessionStore,
    private readonly checks: RevocationChecks,
    private readonly ender: SessionEnder,
    private readonly events: AuthEvents,
  ) {}

  /**
   * Starts a session for a user whose identity the caller has established, and returns its first tokens.
   * @throws ForbiddenError when the user already has the maximum number of sessions and the options say to refuse more
   * @throws InternalError when the access token would be too long to be used; its `cause` names the longest claims
   */
  async issue(subject: TokenSubject, client?: ClientInfo, limits?: TokenLimits): Promise<TokenPair> {
    return (await this.startSession(subject, client, limits)).tokens;
  }

  /**
   * Like {@link issue}, but also returns the id of the session.
   * @param authentication how the user's identity was established. Default: with a password, now
   * @throws ForbiddenError | InternalError as for {@link issue}
   */
  async startSession(
    subject: TokenSubject,
    client: ClientInfo = {},
    limits?: TokenLimits,
    authentication?: SessionAuthentication,
  ): Promise<StartedSession> {
    const prepared = await this.pairs.prepare(subject, limits);
    const ids = { id: randomUUID(), jti: randomUUID() };
    const session = await this.sessions.create({ ...ids, userId: subject.id, ...client, authentication });
    const ended = await this.sessions.endSurplus(subject.id, session.id);
    if (ended.includes(session.id))
      throw new ForbiddenError({ message: 'This account has too many sessions. End one of them first.' });
    await this.ender.ended(subject.id, ended, 'too-many', client);
    return { sessionId: session.id, tokens: await this.pairs.of(prepared, session) };
  }

  /**
   * Exchanges a refresh token for new tokens. The user's roles and permissions are read again, and the claims hook is
   * called, before the session moves on: if that fails, the refresh token stays as it was.
   * @throws InvalidRefreshTokenError | RefreshTokenExpiredError | TokenRevokedError when the session cannot continue
   * @throws RefreshTokenReusedError when the token had already been used; its session has now been revoked
   */
  async rotate(
    refreshToken: string | RefreshTokenPayload,
    client?: ClientInfo,
    limits?: TokenLimits,
  ): Promise<TokenPair> {
    return this.rotation.rotate(await this.refreshClaims(refreshToken), client, limits);
  }

  /**
   * Returns the claims of a refresh token that {@link rotate} would accept now, without using the token up. Like
   * {@link rotate}, it ends the session if the token has already been used, and throws the same errors.
   */
  async checkRefreshToken(
    refreshToken: string | RefreshTokenPayload,
    client?: ClientInfo,
  ): Promise<RefreshTokenPayload> {
    const claims = await this.refreshClaims(refreshToken);
    await this.rotation.check(claims, client);
    return claims;
  }

  private async refreshClaims(refreshToken: string | RefreshTokenPayload): Promise<RefreshTokenPayload> {
    return typeof refreshToken === 'string' ? this.refreshTokens.verify(refreshToken) : refreshToken;
  }

  /**
   * Returns the claims of an access token that is valid now.
   * @param check how to check for revocation; defaults to the module's `revocation.check` option
   * @throws InvalidTokenError | TokenExpiredError | TokenRevokedError
   */
  async verify(accessToken: string, check?: RevocationCheck): Promise<AccessTokenPayload> {
    return this.verifyAtOnce(accessToken, check);
  }

  /**
   * {@link verify} for the guard: returns the claims of an already verified token without creating a promise.
   * @internal
   */
  verifyAtOnce(
    accessToken: string,
    check?: RevocationCheck,
  ): AccessTokenPayload | Promise<AccessTokenPayload> {
    const known = this.accessTokens.recall(accessToken);
    if (known) return this.checks.pass(known, check);
    return this.accessTokens.verify(accessToken).then((claims) => {
      const expired = this.accessTokens.hasExpired(claims);
      return expired ? this.checks.refuseExpired(claims, check) : this.checks.pass(claims, check);
    });
  }

  /**
   * Calls `observe` with the duration, in seconds, of each access token verification that is not answered from memory.
   * @internal
   */
  observeVerifications(observe: (seconds: number) => void): void {
    this.accessTokens.observe = observe;
  }

  /**
   * Returns the claims of a refresh token issued by Latchkey. Does not check its session: see
   * {@link checkRefreshToken} and {@link rotate}.
   * @throws InvalidRefreshTokenError when Latchkey did not issue it
   */
  verifyRefreshToken(refreshToken: string): Promise<RefreshTokenPayload> {
    return this.refreshTokens.verify(refreshToken);
  }

  /**
   * Ends the session that an access or refresh token belongs to, even if the token has expired (RFC 7009 §2.1).
   * A token that Latchkey did not issue ends nothing and is not an error (§2.2).
   */
  async revoke(token: string, client?: ClientInfo): Promise<void> {
    const claims = await readToken<RefreshTokenPayload | AccessTokenPayload>(
      token,
      (text) => this.refreshTokens.verify(text),
      (text) => this.accessTokens.readForRevocation(text),
    );
    if (claims) await this.ender.end(claims.sid, 'logout', client);
  }

  /** Revokes one access token by its `jti`; its session continues. */
  async revokeAccessToken(jti: string, client?: ClientInfo): Promise<void> {
    await this.ender.forbid('token', [jti]);
    this.events.emit({ type: 'token-revoked', tokenId: jti, ...client });
  }

  /** Returns a user's live sessions, most recently used first. */
  async sessionsOf(userId: string): Promise<SessionInfo[]> {
    return this.sessions.listLive(userId);
  }

  /** Ends one session of a user. Returns false when the user has no session with this id. */
  async revokeSessionOf(userId: string, sid: string, client?: ClientInfo): Promise<boolean> {
    if (!isUuid(sid) || !(await this.sessions.belongsTo(userId, sid))) return false;
    await this.ender.end(sid, 'ended', client);
    return true;
  }

  /** Ends one session: its refresh token and all its access tokens. The id may be in either case. Idempotent. */
  revokeSession(sid: string, reason: RevocationReason = 'ended', client?: ClientInfo): Promise<void> {
    return this.ender.end(sid.toLowerCase(), reason, client);
  }

  /** Ends every session of a user except the one whose id is `except`. */
  async revokeUserSessions(
    userId: string,
    reason: RevocationReason = 'logout-all',
    except?: string,
    client?: ClientInfo,
  ): Promise<void> {
    await this.ender.endAll(userId, reason, { except, client });
  }

  /**
   * Ends every session of a user and revokes every access token issued to them until now. Use it when an account is
   * disabled or deleted; with the reason `user-disabled` it also records that event.
   */
  async revokeUser(userId: string, reason: RevocationReason = 'user-disabled', client?: ClientInfo) {
    await this.ender.endAll(userId, reason, { client });
    await this.ender.forbid('user', [userId]);
    if (reason === 'user-disabled') await this.events.record({ type: 'user-disabled', ...client, userId });
  }
}
