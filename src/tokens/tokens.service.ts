import { randomUUID } from 'node:crypto';
import { isUuid } from '../database/uuid.js';
import { ForbiddenError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { RevocationCheck } from '../revocation/revocation-check.js';
import type { RevocationChecks } from '../revocation/revocation-checks.js';
import type { SessionEnder } from '../revocation/session-ender.js';
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
  TokenPair,
  TokenSubject,
} from './token-types.js';

/**
 * Seconds past an access token's own life for which the revocation of its session is remembered: covers a token that was
 * signed just before the session ended.
 */
export const REVOCATION_MARGIN_SECONDS = 120;

/**
 * Issues, rotates, verifies and revokes tokens. Needs no HTTP: call it from jobs, sockets or your own login method.
 * Everything that needs the database throws `UnavailableError` when it is away.
 */
export class TokensService {
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
   * @throws ForbiddenError when the user has as many sessions as the options allow, and none may be ended for this one
   */
  async issue(subject: TokenSubject, client?: ClientInfo): Promise<TokenPair> {
    return (await this.startSession(subject, client)).tokens;
  }

  /**
   * As {@link issue}, and says which session was started.
   * @throws ForbiddenError as {@link issue} does
   */
  async startSession(subject: TokenSubject, client: ClientInfo = {}): Promise<StartedSession> {
    const ids = { id: randomUUID(), jti: randomUUID() };
    const session = await this.sessions.create({ ...ids, userId: subject.id, ...client });
    const ended = await this.sessions.endSurplus(subject.id, session.id);
    if (ended.includes(session.id))
      throw new ForbiddenError({ message: 'This account has too many sessions: end one of them first.' });
    await this.ender.ended(subject.id, ended, 'too-many', client);
    return { sessionId: session.id, tokens: await this.pairs.of(subject, session) };
  }

  /**
   * Exchanges a refresh token for new tokens; the user's roles and permissions are read again.
   * @throws InvalidRefreshTokenError | RefreshTokenExpiredError | TokenRevokedError when the session cannot go on
   * @throws RefreshTokenReusedError when the token was used before: its session has been revoked
   */
  async rotate(refreshToken: string | RefreshTokenPayload, client?: ClientInfo): Promise<TokenPair> {
    const claims =
      typeof refreshToken === 'string' ? await this.refreshTokens.verify(refreshToken) : refreshToken;
    return this.rotation.rotate(claims, client);
  }

  /**
   * The claims of an access token that is good now. Revocations are looked for as the module's options say, or `check`.
   * @throws InvalidTokenError | TokenExpiredError | TokenRevokedError
   */
  async verify(accessToken: string, check?: RevocationCheck): Promise<AccessTokenPayload> {
    return this.verifyAtOnce(accessToken, check);
  }

  /**
   * {@link verify} for the guard: returns the claims of a token verified before without making a promise.
   * @internal
   */
  verifyAtOnce(
    accessToken: string,
    check?: RevocationCheck,
  ): AccessTokenPayload | Promise<AccessTokenPayload> {
    const known = this.accessTokens.recall(accessToken);
    if (known) return this.checks.pass(known, check);
    return this.accessTokens.verify(accessToken).then((claims) => this.checks.pass(claims, check));
  }

  /**
   * Reports how many seconds each verification of an access token takes, except those answered from memory.
   * @internal
   */
  observeVerifications(observe: (seconds: number) => void): void {
    this.accessTokens.observe = observe;
  }

  /**
   * The claims of a refresh token Latchkey made. Says nothing about its session: only {@link rotate} does.
   * @throws InvalidRefreshTokenError
   */
  verifyRefreshToken(refreshToken: string): Promise<RefreshTokenPayload> {
    return this.refreshTokens.verify(refreshToken);
  }

  /**
   * Ends the session that an access or refresh token belongs to, even an expired token (RFC 7009 §2.1).
   * A token that is not ours ends nothing and is no error (§2.2).
   */
  async revoke(token: string, client?: ClientInfo): Promise<void> {
    const claims = await readToken<RefreshTokenPayload | AccessTokenPayload>(
      token,
      (text) => this.refreshTokens.verify(text),
      (text) => this.accessTokens.readForRevocation(text),
    );
    if (claims) await this.ender.end(claims.sid, 'logout', client);
  }

  /** Ends one access token by its `jti`; its session goes on. */
  async revokeAccessToken(jti: string, client?: ClientInfo): Promise<void> {
    await this.ender.forbid('token', [jti]);
    this.events.emit({ type: 'token-revoked', tokenId: jti, ...client });
  }

  /** The live sessions of a user, the one used last first. */
  async sessionsOf(userId: string): Promise<SessionInfo[]> {
    return this.sessions.listLive(userId);
  }

  /** Ends one session of a user. False when there is none of this id that is theirs. */
  async revokeSessionOf(userId: string, sid: string, client?: ClientInfo): Promise<boolean> {
    if (!isUuid(sid) || !(await this.sessions.belongsTo(userId, sid))) return false;
    await this.ender.end(sid, 'ended', client);
    return true;
  }

  /** Ends one session, its id in either case: its refresh token and all its access tokens. Twice is harmless. */
  revokeSession(sid: string, reason: RevocationReason = 'ended', client?: ClientInfo): Promise<void> {
    return this.ender.end(sid.toLowerCase(), reason, client);
  }

  /** Ends every session of a user, but for the one named by `except`. */
  revokeUserSessions(
    userId: string,
    reason: RevocationReason = 'logout-all',
    except?: string,
    client?: ClientInfo,
  ): Promise<void> {
    return this.ender.endAll(userId, reason, { except, client });
  }

  /**
   * Ends everything a user has: every session, and every access token issued until now. For an account that is disabled
   * or deleted; with the reason `user-disabled` it is also put on record as such.
   */
  async revokeUser(userId: string, reason: RevocationReason = 'user-disabled', client?: ClientInfo) {
    await this.ender.endAll(userId, reason, { client });
    await this.ender.forbid('user', [userId]);
    if (reason === 'user-disabled') await this.events.record({ type: 'user-disabled', ...client, userId });
  }
}
