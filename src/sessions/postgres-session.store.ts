import type { DataSource } from 'typeorm';
import { Leases } from '../database/leases.js';
import { PreparedStatement } from '../database/prepared-statement.js';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import type { SessionAuthentication } from './authentication.js';
import { BatchedRotation } from './batched-rotation.js';
import { endSessionsBefore, type EndStep } from './end-sessions-before.js';
import { RefreshToken } from './refresh-token.entity.js';
import { lower, reauthenticate } from './reauthenticate.js';
import { judge, type PresentedToken, type Standing, standingOf } from './reuse-policy.js';
import { sessionStatements } from './rotation-statements.js';
import { LIVE, SESSION_COLUMNS } from './session-columns.js';
import type { SessionStore } from './session-store.js';
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

/**
 * Keeps sessions in PostgreSQL. Each change is one conditional statement on the database's clock, so any number of
 * instances may change one session at the same time. All methods throw `UnavailableError` when the database is
 * unavailable.
 */
export class PostgresSessionStore implements SessionStore {
  /** @internal */ readonly table: string;
  private readonly leases: Leases;
  private readonly inserting: PreparedStatement<Session>;
  private readonly rotation: BatchedRotation;

  constructor(
    /** @internal */ readonly dataSource: DataSource,
    /** @internal */ readonly limits: SessionLimits,
  ) {
    this.table = tableOf(dataSource, RefreshToken);
    this.leases = new Leases(dataSource);
    this.inserting = new PreparedStatement(
      dataSource,
      `INSERT INTO ${this.table}
         (id, user_id, current_jti, created_at, rotated_at, last_used_at, expires_at, absolute_expires_at, ip, user_agent,
          auth_time, amr, acr)
       VALUES ($1, $2, $3, now(), now(), now(), now() + make_interval(secs => LEAST($4::float8, $5::float8)),
         now() + make_interval(secs => $5::float8), $6, $7, $8, $9, $10)
       RETURNING ${SESSION_COLUMNS}`,
    );
    this.rotation = new BatchedRotation(dataSource, sessionStatements(this.table), limits.idleTtl);
  }

  async create({ id, userId, jti, ip, userAgent, authentication }: NewSession): Promise<Session> {
    const { idleTtl, absoluteTtl } = this.limits;
    const { at, amr, acr } = authentication ?? {};
    const optional = [ip, userAgent, at, amr, acr].map((value) => value ?? null);
    const rows = await this.inserting.run([id, userId, jti, idleTtl, absoluteTtl, ...optional]);
    return rows[0]!;
  }

  async rotate(presented: Presentation): Promise<RotationOutcome> {
    const { rotation } = this.limits;
    const session = await (rotation ? this.rotation.rotate(presented) : this.touch(presented));
    if (session) return { outcome: 'rotated', session };

    const found = await this.inspect(presented);
    const outcome = judge(found);
    return outcome === 'replayed' ? { outcome, session: found! } : { outcome };
  }

  reauthenticate(sid: string, userId: string, by: SessionAuthentication): Promise<Session | null> {
    return reauthenticate(this.dataSource, this.table, { ...by, sid, userId });
  }

  lower(sid: string, userId: string): Promise<boolean> {
    return lower(this.dataSource, this.table, { sid, userId });
  }

  async revoke(sid: string, reason: RevocationReason): Promise<string | null> {
    const rows = await this.rows<{ userId: string }>(
      `UPDATE ${this.table} SET revoked_at = clock_timestamp(), revoked_reason = $2
       WHERE id = $1 AND revoked_at IS NULL RETURNING user_id AS "userId"`,
      [sid, reason],
    );
    return rows[0]?.userId ?? null;
  }

  async revokeAll(userId: string, reason: RevocationReason, except?: string): Promise<string[]> {
    const rows = await this.rows<{ id: string }>(
      `UPDATE ${this.table} SET revoked_at = clock_timestamp(), revoked_reason = $2
       WHERE user_id = $1 AND revoked_at IS NULL AND id IS DISTINCT FROM $3::uuid RETURNING id`,
      [userId, reason, except ?? null],
    );
    return rows.map((row) => row.id);
  }

  revokeBefore(before: Date | null, reason: RevocationReason, step: EndStep): Promise<EndedSessions> {
    const { absoluteTtl } = this.limits;
    return endSessionsBefore(
      this.dataSource,
      { table: this.table, absoluteTtl },
      { before, reason, ...step },
    );
  }

  /**
   * Counts after the insert rather than before it: of several parallel logins, the last one to count sees all the
   * others.
   */
  async endSurplus(userId: string, newest: string): Promise<string[]> {
    const { maxPerUser, whenFull } = this.limits;
    if (maxPerUser === 0) return [];
    const surplus =
      whenFull === 'evict'
        ? `SELECT id FROM ${this.table} WHERE ${LIVE} AND user_id = $1
           ORDER BY id = $2 DESC, last_used_at DESC, id OFFSET $3`
        : `SELECT $2::uuid WHERE (SELECT count(*) FROM ${this.table} WHERE ${LIVE} AND user_id = $1) > $3`;
    const rows = await this.rows<{ id: string }>(
      `UPDATE ${this.table} SET revoked_at = clock_timestamp(), revoked_reason = 'too-many'
       WHERE revoked_at IS NULL AND id IN (${surplus}) RETURNING id`,
      [userId, newest, maxPerUser],
    );
    return rows.map((row) => row.id);
  }

  exclusively<T>(userId: string, work: () => Promise<T>): Promise<T> {
    return this.leases.exclusively(`user:${userId}`, work);
  }

  async listLive(userId: string): Promise<SessionInfo[]> {
    return this.rows(
      `SELECT id, created_at AS "createdAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt", ip,
         user_agent AS "userAgent"
       FROM ${this.table} WHERE user_id = $1 AND ${LIVE}
       ORDER BY last_used_at DESC`,
      [userId],
    );
  }

  async belongsTo(userId: string, sid: string): Promise<boolean> {
    const rows = await this.rows(`SELECT 1 FROM ${this.table} WHERE id = $1 AND user_id = $2`, [sid, userId]);
    return rows.length > 0;
  }

  async isLive(sid: string, jti?: string): Promise<boolean> {
    const rows = await this.rows(
      `SELECT 1 FROM ${this.table} WHERE id = $1 AND ${LIVE}
         AND current_jti = COALESCE($2::uuid, current_jti)`,
      [sid, jti ?? null],
    );
    return rows.length > 0;
  }

  async standingOf(sid: string, jti: string): Promise<Standing> {
    return standingOf(await this.inspect({ sid, jti }));
  }

  /** When rotation is off, a refresh keeps the same token. */
  private async touch({ sid, jti }: Presentation): Promise<Session | undefined> {
    const rows = await this.rows<Session>(
      `UPDATE ${this.table} SET last_used_at = clock_timestamp()
       WHERE id = $1 AND current_jti = $2 AND ${LIVE}
       RETURNING ${SESSION_COLUMNS}`,
      [sid, jti],
    );
    return rows[0];
  }

  private async inspect({
    sid,
    jti,
  }: Pick<Presentation, 'sid' | 'jti'>): Promise<(Session & PresentedToken) | undefined> {
    const rows = await this.rows<Session & PresentedToken>(
      `SELECT ${SESSION_COLUMNS}, revoked_at IS NOT NULL AS revoked, expires_at <= clock_timestamp() AS expired,
         current_jti = $2 AS current,
         COALESCE(previous_jti = $2, false)
           AND clock_timestamp() <= rotated_at + make_interval(secs => $3::float8) AS "withinLeeway"
       FROM ${this.table} WHERE id = $1`,
      [sid, jti, this.limits.leeway],
    );
    return rows[0];
  }

  private async rows<Row>(text: string, values: unknown[]): Promise<Row[]> {
    return (await runStatement<Row>(this.dataSource, { text, values })).rows;
  }
}
