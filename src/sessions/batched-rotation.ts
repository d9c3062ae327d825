import type { DataSource } from 'typeorm';
import { Gathering } from '../database/gathering.js';
import { PreparedStatement } from '../database/prepared-statement.js';
import { UnavailableError } from '../errors/auth-errors.js';
import { isConflict } from '../errors/database-errors.js';
import type { RotationStatements } from './rotation-statements.js';
import type { Presentation, Session } from './session-types.js';

/** The maximum number of sessions in one statement. */
const MOST = 100;

interface Caller<Presented, Rotated> {
  presented: Presented;
  resolve(rotated: Rotated | undefined): void;
  reject(error: unknown): void;
}

/**
 * Replaces current refresh tokens. Rotations that are requested together become one statement and one commit, which
 * under load is a fraction of the work.
 *
 * That statement changes only rows that nobody else is changing, so it waits for nothing, and two instances cannot wait
 * for each other in a circle. What it has left out is tried alone: whatever is the matter with one session is no matter
 * of the others.
 */
export class BatchedRotation<
  Presented extends Presentation = Presentation,
  Rotated extends Session = Session,
> {
  private readonly alone: PreparedStatement<Rotated>;
  private readonly together: PreparedStatement<Rotated>;
  private readonly gathering: Gathering<Caller<Presented, Rotated>>;

  /** @param idleTtl in seconds */
  constructor(
    dataSource: DataSource,
    private readonly statements: RotationStatements<Presented>,
    private readonly idleTtl: number,
  ) {
    this.alone = new PreparedStatement(dataSource, statements.alone);
    this.together = new PreparedStatement(dataSource, statements.together);
    this.gathering = new Gathering(MOST, (callers) => this.rotateAll(callers));
  }

  /**
   * Returns the session if this call has moved it on, and `undefined` if it has changed nothing.
   * @throws UnavailableError when the database is unavailable
   */
  rotate(presented: Presented): Promise<Rotated | undefined> {
    return new Promise((resolve, reject) => this.gathering.add({ presented, resolve, reject }));
  }

  private async rotateAll(callers: Caller<Presented, Rotated>[]): Promise<void> {
    const left = callers.length > 1 ? await this.rotateTogether(callers) : callers;
    const alone = left.map(({ presented, resolve, reject }) =>
      this.rotateAlone(presented).then(resolve, reject),
    );
    if (callers.length === 1) await alone[0];
  }

  /** Returns those who have no answer yet. */
  private async rotateTogether(callers: Caller<Presented, Rotated>[]): Promise<Caller<Presented, Rotated>[]> {
    const rows = callers.map(({ presented }) => this.statements.valuesOf(presented));
    const columns = rows[0]!.map((_, column) => rows.map((row) => row[column]));
    try {
      const sessions = await this.together.run([this.idleTtl, ...columns]);
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

  private async rotateAlone(presented: Presented): Promise<Rotated | undefined> {
    const [session] = await this.alone.run([this.idleTtl, ...this.statements.valuesOf(presented)]);
    return session;
  }
}
