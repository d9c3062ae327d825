import { randomUUID } from 'node:crypto';
import { isUUID } from 'class-validator';
import {
  InvalidRefreshTokenError,
  RefreshTokenExpiredError,
  RefreshTokenReusedError,
  TokenRevokedError,
} from '../errors/auth-errors.js';
import type { UserStore } from '../users/user-store.js';
import { toSeconds, type AccessTokens } from './access-tokens.js';
import { readToken } from './read-token.js';
import type { RefreshTokens } from './refresh-tokens.js';
import type { RevocationReason, Session, SessionInfo } from './refresh-token.store.js';
import type { Refusal } from './reuse-policy.js';
import type { SessionStore } from './session-store.js';
import type { Revocation, RevocationList } from '../revocation/revocation-list.js';
import type {
  AccessTokenPayload,
  ClientInfo,
  RefreshTokenPayload,
  TokenPair,
  TokenSubject,
} from './token-types.js';

/**
 * How to find out whether an access token was revoked: in memory (`deny-list`), not at all (`stateless`: it is good until
 * it expires), or by asking the database (`strict`).
 */
export type RevocationCheck = 'deny-list' | 'stateless' | 'strict';

export interface TokensSettings {
  /** Life of an access token in seconds. */
  accessTtl: number;
  revocationCheck: RevocationCheck;
}

/** How long past an access token's own life its session's revocation is remembered, for one signed at the last moment. */
export const REVOCATION_MARGIN_SECONDS = 120;

/**
 * Issues, rotates, verifies and revokes tokens. Needs no HTTP: call it from jobs, sockets or your own login method.
 * Everything that needs the database throws `UnavailableError` when it is away.
 */
export class TokensService {
  constructor(
    private readonly accessTokens: AccessTokens,
    private readonly refreshTokens: RefreshTokens,
    private readonly sessions: SessionStore,
    private readonly revocations: RevocationList,
    private readonly users: UserStore,
    private readonly settings: TokensSettings,
  ) {}

  /** Starts a session for a user whose identity the caller has established, and returns its first tokens. */
  async issue(subject: TokenSubject, client: ClientInfo = {}): Promise<TokenPair> {
    const ids = { id: randomUUID(), jti: randomUUID() };
    return this.pair(subject, await this.sessions.create({ ...ids, userId: subject.id, ...client }));
  }

  /**
   * Exchanges a refresh token for new tokens; the user's roles and permissions are read afresh.
   * @throws InvalidRefreshTokenError | RefreshTokenExpiredError | TokenRevokedError when the session cannot go on
   * @throws RefreshTokenReusedError when the token was used before: its session has been revoked
   */
  async rotate(refreshToken: string | RefreshTokenPayload): Promise<TokenPair> {
    const claims =
      typeof refreshToken === 'string' ? await this.refreshTokens.verify(refreshToken) : refreshToken;
    const rotation = await this.sessions.rotate({ sid: claims.sid, jti: claims.jti, nextJti: randomUUID() });
    if (!('session' in rotation)) return this.refuse(rotation.outcome, claims);

    const user = await this.users.findById(rotation.session.userId);
    if (!user || user.disabled) {
      await this.revokeSession(claims.sid, 'user-disabled');
      throw new TokenRevokedError();
    }
    return this.pair(user, rotation.session);
  }

  /**
   * The claims of an access token that is good now. Revocations are looked for as the module's options say, or `check`.
   * @throws InvalidTokenError | TokenExpiredError | TokenRevokedError
   */
  async verify(
    accessToken: string,
    check: RevocationCheck = this.settings.revocationCheck,
  ): Promise<AccessTokenPayload> {
    const claims = await this.accessTokens.verify(accessToken);
    if (check === 'stateless') return claims;
    if (await this.revocations.isRevoked(claims)) throw new TokenRevokedError();
    if (check === 'strict' && !(await this.mayAct(claims))) throw new TokenRevokedError();
    return claims;
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
  async revoke(token: string): Promise<void> {
    const claims = await readToken<RefreshTokenPayload | AccessTokenPayload>(
      token,
      (text) => this.refreshTokens.verify(text),
      (text) => this.accessTokens.verifyIgnoringExpiry(text),
    );
    if (claims) await this.revokeSession(claims.sid, 'logout');
  }

  /** Ends one access token by its `jti`; its session goes on. */
  async revokeAccessToken(jti: string): Promise<void> {
    await this.forbid('token', [jti]);
  }

  /** The live sessions of a user, the one used last first. */
  async sessionsOf(userId: string): Promise<SessionInfo[]> {
    return this.sessions.listLive(userId);
  }

  /** Ends one session of a user. False when there is none of this id that is theirs. */
  async revokeSessionOf(userId: string, sid: string): Promise<boolean> {
    if (!isUUID(sid) || !(await this.sessions.belongsTo(userId, sid))) return false;
    await this.revokeSession(sid);
    return true;
  }

  /** Ends one session: its refresh token and all its access tokens. Ending it twice is harmless. */
  async revokeSession(sid: string, reason: RevocationReason = 'ended'): Promise<void> {
    await this.sessions.revoke(sid, reason);
    await this.forbid('session', [sid]);
  }

  /** Ends every session of a user, but for the one named by `except`. */
  async revokeUserSessions(
    userId: string,
    reason: RevocationReason = 'logout-all',
    except?: string,
  ): Promise<void> {
    const ended = await this.sessions.revokeAll(userId, reason, except);
    await this.forbid('session', ended);
  }

  /**
   * Ends everything a user has: every session, and every access token issued until now. For an account that is disabled
   * or deleted.
   */
  async revokeUser(userId: string, reason: RevocationReason = 'user-disabled'): Promise<void> {
    await this.revokeUserSessions(userId, reason);
    await this.forbid('user', [userId]);
  }

  private async pair(subject: TokenSubject, session: Session): Promise<TokenPair> {
    const access = await this.accessTokens.issue(subject, session);
    return {
      accessToken: access.token,
      refreshToken: await this.refreshTokens.issue(session),
      tokenType: 'Bearer',
      expiresIn: access.expiresIn,
      refreshExpiresIn: toSeconds(session.expiresAt) - toSeconds(session.now),
      sessionExpiresAt: session.absoluteExpiresAt.toISOString(),
    };
  }

  private async refuse(refusal: Refusal, claims: RefreshTokenPayload): Promise<never> {
    switch (refusal) {
      case 'reused':
        // Committed before the error is thrown: the answer may get lost, the revocation must not.
        await this.revokeSession(claims.sid, 'reuse');
        throw new RefreshTokenReusedError();
      case 'revoked':
        throw new TokenRevokedError();
      case 'expired':
        throw new RefreshTokenExpiredError();
      case 'unknown':
        throw new InvalidRefreshTokenError();
    }
  }

  private async mayAct({ sid, sub }: AccessTokenPayload): Promise<boolean> {
    const [live, user] = await Promise.all([this.sessions.isLive(sid), this.users.findById(sub)]);
    return live && user !== null && !user.disabled;
  }

  private async forbid(kind: Revocation['kind'], ids: string[]): Promise<void> {
    const revocations = ids.map((id) => ({ kind, id }));
    await this.revocations.revoke(revocations, this.settings.accessTtl + REVOCATION_MARGIN_SECONDS);
  }
}
