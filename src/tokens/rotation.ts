import { randomUUID } from 'node:crypto';
import { isUuid } from '../database/uuid.js';
import {
  InvalidRefreshTokenError,
  RefreshTokenExpiredError,
  RefreshTokenReusedError,
  TokenRevokedError,
} from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { RevocationChecks } from '../revocation/revocation-checks.js';
import type { SessionEnder } from '../revocation/session-ender.js';
import type { Refusal, Standing } from '../sessions/reuse-policy.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo, RotationOutcome } from '../sessions/session-types.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import { type PreparedSubject, toSeconds } from './access-tokens.js';
import type { TokenPairs } from './token-pairs.js';
import type { RefreshTokenPayload, TokenLimits, TokenPair } from './token-types.js';
import type { UserRotation } from './user-rotation.js';

/** What became of a session, and the user, unless nobody may have tokens for it. */
interface Rotated {
  prepared: PreparedSubject | false;
  rotation: RotationOutcome;
}

/** Exchanges refresh tokens for new tokens, or checks that they could be exchanged. */
export class Rotation {
  constructor(
    private readonly sessions: SessionStore,
    private readonly users: UserStore,
    private readonly pairs: TokenPairs,
    private readonly ender: SessionEnder,
    private readonly checks: RevocationChecks,
    private readonly events: AuthEvents,
    private readonly withUsers?: UserRotation,
  ) {}

  /** See `TokensService.rotate`; the refresh token has already been verified. */
  async rotate(claims: RefreshTokenPayload, client?: ClientInfo, limits?: TokenLimits): Promise<TokenPair> {
    await this.refuseKnown(claims, client);
    const { prepared, rotation } =
      (await this.rotateWithUser(claims, limits)) ?? (await this.rotateAfterUser(claims, limits));
    if (!('session' in rotation)) return this.refuse(rotation.outcome, claims, client);
    if (!prepared) return this.refuseUser(claims, client);
    // Only its row says when the session began.
    await this.refuseKnown(claims, client, toSeconds(rotation.session.createdAt));

    const about = { ...client, userId: claims.sub, sessionId: claims.sid };
    this.events.emit({ type: rotation.outcome === 'rotated' ? 'refreshed' : 'replayed', ...about });
    return this.pairs.of(prepared, rotation.session);
  }

  /** In one statement, for users about whom nothing can fail. `undefined` if it has changed nothing. */
  private async rotateWithUser(
    { sid, jti, sub }: RefreshTokenPayload,
    limits?: TokenLimits,
  ): Promise<Rotated | undefined> {
    if (!this.withUsers || !isUuid(sub)) return undefined;
    const room = this.pairs.roomForRoles(limits);
    if (room === undefined) return undefined;
    const session = await this.withUsers.rotate({ sid, jti, nextJti: randomUUID(), userId: sub, room });
    if (!session) return undefined;
    const subject = { id: sub, roles: session.roles, permissions: session.permissions };
    return { prepared: { subject, extra: {} }, rotation: { outcome: 'rotated', session } };
  }

  /** First, everything that may fail: once the session has moved on, the client needs the new tokens. */
  private async rotateAfterUser(
    { sid, jti, sub }: RefreshTokenPayload,
    limits?: TokenLimits,
  ): Promise<Rotated> {
    const user = await this.users.findById(sub);
    const prepared = isActive(user) && (await this.pairs.prepare(user, limits));
    return { prepared, rotation: await this.sessions.rotate({ sid, jti, nextJti: randomUUID() }) };
  }

  /** Throws and does what {@link rotate} would for the same token, except that it does not use the token up. */
  async check(claims: RefreshTokenPayload, client?: ClientInfo): Promise<void> {
    await this.refuseKnown(claims, client);
    const [standing, user] = await Promise.all([
      standingOf(this.sessions, claims),
      this.users.findById(claims.sub),
    ]);
    if (standing !== 'current' && standing !== 'replayed') return this.refuse(standing, claims, client);
    if (!isActive(user)) return this.refuseUser(claims, client);
  }

  /** This instance may know what the database has forgotten, or what nobody has written to this session's row yet. */
  private async refuseKnown(claims: RefreshTokenPayload, client?: ClientInfo, began?: number): Promise<void> {
    if (!(await this.checks.knowsEnded(claims, began))) return;
    await this.ender.endAgain(claims.sid, client);
    return this.refuse('revoked', claims, client);
  }

  private async refuseUser(claims: RefreshTokenPayload, client?: ClientInfo): Promise<never> {
    await this.ender.end(claims.sid, 'user-disabled', client);
    const about = { ...client, userId: claims.sub, sessionId: claims.sid };
    this.events.emit({ type: 'refresh-failed', reason: 'user-disabled', ...about });
    throw new TokenRevokedError();
  }

  private async refuse(refusal: Refusal, claims: RefreshTokenPayload, client?: ClientInfo): Promise<never> {
    const about = { ...client, userId: claims.sub, sessionId: claims.sid };
    if (refusal === 'reused') {
      // Committed before the error is thrown: the response may be lost, but the revocation must not be.
      await this.ender.end(claims.sid, 'reuse', client);
      await this.events.record({ type: 'reused', ...about });
      throw new RefreshTokenReusedError();
    }
    this.events.emit({ type: 'refresh-failed', reason: refusal, ...about });
    if (refusal === 'revoked') throw new TokenRevokedError();
    throw refusal === 'expired' ? new RefreshTokenExpiredError() : new InvalidRefreshTokenError();
  }
}

function isActive(user: UserRecord | null): user is UserRecord {
  return user !== null && !user.disabled;
}

/** @throws Error that names the store, if it lacks the method */
function standingOf(sessions: SessionStore, { sid, jti }: RefreshTokenPayload): Promise<Standing> {
  if (typeof sessions.standingOf === 'function') return sessions.standingOf(sid, jti);
  throw new Error(
    `This session store has no method standingOf: implement it in ${sessions.constructor.name} as SessionStore describes it.`,
  );
}
