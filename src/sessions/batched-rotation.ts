import type { DataSource } from 'typeorm';
import { OneTurn } from '../database/one-turn.js';
import { PreparedStatement } from '../database/prepared-statement.js';
import { UnavailableError } from '../errors/auth-errors.js';
import { isConflict } from '../errors/database-errors.js';
import { LIVE, SESSION_COLUMNS } from './session-columns.js';
import type { Presentation, Session } from './session-types.js';

/** The maximum number of sessions in one statement. */
const MOST = 100;

interface Caller {
  presented: Presentation;
  resolve(session: Session | undefined): void;
  reject(error: unknown): void;
}

/**
 * Replaces current refresh tokens. All rotations requested in one turn of the event loop become one statement and one
 * commit, which under load is a fraction of the work.
 *
 * That statement changes only rows that nobody else is changing, so it waits for nothing, and two instances cannot wait
 * for each other in a circle. What it has left out is tried alone: whatever is the matter with one session is no matter
 * of the others.
 */
export class BatchedRotation {
  private readonly alone: PreparedStatement<Session>;
  private readonly together: PreparedStatement<Session>;
  private readonly turn = new OneTurn<Caller>(MOST, (callers) => this.rotateAll(callers));

  /** @param idleTtl in seconds */
  constructor(
    dataSource: DataSource,
    table: string,
    private readonly idleTtl: number,
  ) {
    const advance = (jti: string) => `
      previous_jti = current_jti, current_jti = ${jti}, rotated_at = clock_timestamp(), last_used_at = clock_timestamp(),
      expires_at = LEAST(clock_timestamp() + make_interval(secs => $4::float8), absolute_expires_at)`;
    this.alone = new PreparedStatement(
      dataSource,
      `UPDATE ${table} SET ${advance('$3')}
       WHERE id = $1 AND current_jti = $2 AND ${LIVE}
       RETURNING ${SESSION_COLUMNS}`,
    );
    this.together = new PreparedStatement(
      dataSource,
      `WITH free AS MATERIALIZED (
         SELECT sid, jti, next_jti FROM ${table} AS session
         JOIN unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS presented (sid, jti, next_jti) ON session.id = sid
         WHERE current_jti = jti AND ${LIVE}
         FOR NO KEY UPDATE OF session SKIP LOCKED
       )
       UPDATE ${table} AS session SET ${advance('next_jti')}
       FROM free WHERE session.id = sid AND current_jti = jti AND ${LIVE}
       RETURNING ${SESSION_COLUMNS}`,
    );
  }

  /**
   * Returns the session if this call has moved it on, and `undefined` if it has changed nothing.
   * @throws UnavailableError when the database is unavailable
   */
  rotate(presented: Presentation): Promise<Session | undefined> {
    return new Promise((resolve, reject) => this.turn.add({ presented, resolve, reject }));
  }

  private async rotateAll(callers: Caller[]): Promise<void> {
    const left = callers.length > 1 ? await this.rotateTogether(callers) : callers;
    for (const { presented, resolve, reject } of left) this.rotateAlone(presented).then(resolve, reject);
  }

  /** Returns those who have no answer yet. */
  private async rotateTogether(callers: Caller[]): Promise<Caller[]> {
    const all = callers.map(({ presented }) => presented);
    const columns = [all.map(({ sid }) => sid), all.map(({ jti }) => jti), all.map(({ nextJti }) => nextJti)];
    try {
      const sessions = await this.together.run([...columns, this.idleTtl]);
      const sessionOf = new Map(sessions.map((session) => [session.currentJti, session]));
      return callers.filter(({ presented, resolve }) => {
        const session = sessionOf.get(presented.nextJti);
        if (session) resolve(session);
        return !session;
      });
    } catch (error) {
      // An answer of the server to one of them. It has changed nothing.
      if (!(error instanceof UnavailableError) || isConflict(error.cause)) return callers;
      for (const { reject } of callers) reject(error);
      return [];
    }
  }

  private async rotateAlone({ sid, jti, nextJti }: Presentation): Promise<Session | undefined> {
    const [session] = await this.alone.run([sid, jti, nextJti, this.idleTtl]);
    return session;
  }
}
