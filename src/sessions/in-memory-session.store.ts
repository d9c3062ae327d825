import { loweredFrom, type SessionAuthentication } from './authentication.js';
import { infoOf, type SessionRow } from './in-memory-session-row.js';
import { judge, type PresentedToken, type Standing, standingOf } from './reuse-policy.js';
import type {
  EndedSessions,
  NewSession,
  Presentation,
  RevocationReason,
  RotationOutcome,
  Session,
  SessionInfo,
  SessionLimits,
} from './session-types.js';
import type { SessionStore } from './session-store.js';

/**
 * Keeps sessions in this process's memory until the process ends, with the same guarantees as the real store. For
 * tests, including a host's. Every method is atomic because none awaits anything.
 */
export class InMemorySessionStore implements SessionStore {
  private readonly rows = new Map<string, SessionRow>();
  private readonly turns = new Map<string, Promise<unknown>>();

  constructor(
    private readonly limits: SessionLimits,
    private readonly clock: () => number = Date.now,
  ) {}

  async create({ id, userId, jti, ip, userAgent, authentication }: NewSession): Promise<Session> {
    const now = this.clock();
    const absoluteExpiresAt = now + this.limits.absoluteTtl * 1_000;
    const row: SessionRow = {
      id,
      userId,
      currentJti: jti,
      previousJti: null,
      createdAt: now,
      rotatedAt: now,
      lastUsedAt: now,
      expiresAt: Math.min(now + this.limits.idleTtl * 1_000, absoluteExpiresAt),
      absoluteExpiresAt,
      revoked: false,
      ip: ip ?? null,
      userAgent: userAgent ?? null,
      acr: authentication?.acr,
      amr: authentication?.amr,
      authTime: authentication?.at?.getTime(),
    };
    this.rows.set(id, row);
    return this.view(row);
  }

  async rotate({ sid, jti, nextJti }: Presentation): Promise<RotationOutcome> {
    const row = this.rows.get(sid);
    if (row && this.lives(row) && row.currentJti === jti) {
      if (this.limits.rotation) this.advance(row, nextJti);
      row.lastUsedAt = this.clock();
      return { outcome: 'rotated', session: this.view(row) };
    }
    const outcome = judge(this.presented(row, jti));
    return outcome === 'replayed' ? { outcome, session: this.view(row!) } : { outcome };
  }

  async reauthenticate(sid: string, userId: string, by: SessionAuthentication): Promise<Session | null> {
    const row = this.of(userId).find((each) => each.id === sid && this.lives(each));
    if (!row) return null;
    Object.assign(row, { acr: by.acr, amr: by.amr, authTime: this.clock() });
    return this.view(row);
  }

  async lower(sid: string, userId: string): Promise<boolean> {
    const row = this.of(userId).find((each) => each.id === sid && this.lives(each));
    if (row) Object.assign(row, loweredFrom(row));
    return row !== undefined;
  }

  async revoke(sid: string, _reason: RevocationReason): Promise<string | null> {
    const row = this.rows.get(sid);
    if (!row || row.revoked) return null;
    row.revoked = true;
    return row.userId;
  }

  async revokeAll(userId: string, _reason: RevocationReason, except?: string): Promise<string[]> {
    const ended = this.of(userId).filter((row) => !row.revoked && row.id !== except);
    for (const row of ended) row.revoked = true;
    return ended.map(({ id }) => id);
  }

  /** Everything in one step. */
  async revokeBefore(before: Date | null, _reason: RevocationReason): Promise<EndedSessions> {
    const time = before?.getTime() ?? this.clock() + 1;
    const ended = [...this.rows.values()].filter((row) => !row.revoked && row.createdAt < time);
    for (const row of ended) row.revoked = true;
    return { before: new Date(time), ended: ended.map(({ id }) => id), next: null };
  }

  async endSurplus(userId: string, newest: string): Promise<string[]> {
    const { maxPerUser, whenFull } = this.limits;
    const others = this.of(userId)
      .filter((row) => this.lives(row) && row.id !== newest)
      .sort((a, b) => b.lastUsedAt - a.lastUsedAt);
    if (maxPerUser === 0 || others.length < maxPerUser) return [];
    const surplus = whenFull === 'evict' ? others.slice(maxPerUser - 1).map(({ id }) => id) : [newest];
    for (const id of surplus) this.rows.get(id)!.revoked = true;
    return surplus;
  }

  exclusively<T>(userId: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.turns.get(userId) ?? Promise.resolve()).then(work);
    const leave = () => {
      if (this.turns.get(userId) === turn) this.turns.delete(userId);
    };
    const turn: Promise<void> = mine.then(leave, leave);
    this.turns.set(userId, turn);
    return mine;
  }

  async listLive(userId: string): Promise<SessionInfo[]> {
    return this.of(userId)
      .filter((row) => this.lives(row))
      .sort((a, b) => b.lastUsedAt - a.lastUsedAt)
      .map(infoOf);
  }

  async belongsTo(userId: string, sid: string): Promise<boolean> {
    return this.rows.get(sid)?.userId === userId;
  }

  async isLive(sid: string, jti?: string): Promise<boolean> {
    const row = this.rows.get(sid);
    return row !== undefined && this.lives(row) && (jti ?? row.currentJti) === row.currentJti;
  }

  async standingOf(sid: string, jti: string): Promise<Standing> {
    return standingOf(this.presented(this.rows.get(sid), jti));
  }

  private presented(row: SessionRow | undefined, jti: string): PresentedToken | undefined {
    if (!row) return undefined;
    return {
      revoked: row.revoked,
      expired: row.expiresAt <= this.clock(),
      current: row.currentJti === jti,
      withinLeeway: row.previousJti === jti && this.clock() <= row.rotatedAt + this.limits.leeway * 1_000,
    };
  }

  private advance(row: SessionRow, nextJti: string): void {
    const now = this.clock();
    row.previousJti = row.currentJti;
    row.currentJti = nextJti;
    row.rotatedAt = now;
    row.expiresAt = Math.min(now + this.limits.idleTtl * 1_000, row.absoluteExpiresAt);
  }

  private lives(row: SessionRow): boolean {
    return !row.revoked && row.expiresAt > this.clock();
  }

  private of(userId: string): SessionRow[] {
    return [...this.rows.values()].filter((row) => row.userId === userId);
  }

  private view(row: SessionRow): Session {
    return {
      id: row.id,
      userId: row.userId,
      currentJti: row.currentJti,
      createdAt: new Date(row.createdAt),
      rotatedAt: new Date(row.rotatedAt),
      expiresAt: new Date(row.expiresAt),
      absoluteExpiresAt: new Date(row.absoluteExpiresAt),
      now: new Date(this.clock()),
      acr: row.acr,
      amr: row.amr,
      authTime: row.authTime === undefined ? null : new Date(row.authTime),
    };
  }
}
