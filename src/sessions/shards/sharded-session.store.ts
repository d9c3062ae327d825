import { UnavailableError } from '../../errors/auth-errors.js';
import type { SessionAuthentication } from '../authentication.js';
import type { Standing } from '../reuse-policy.js';
import type { SessionStore } from '../session-store.js';
import type {
  EndedSessions,
  NewSession,
  Presentation,
  RevocationReason,
  RotationOutcome,
  Session,
  SessionInfo,
  SessionLimits,
} from '../session-types.js';
import { PartlyEndedError } from './partly-ended.error.js';
import type { SessionDatabases } from './session-databases.js';
import { MAIN, sessionIdOn, shardOf } from './shard-number.js';

/** For how long a login looks for a shard that answers: after that, only the main database is asked. */
const SEARCH_MS = 500;

/**
 * Spreads sessions over several databases. The id of a session says which database keeps it. An operation on one session
 * uses only that database, so losing a database affects only its own sessions. An operation on all sessions of a user asks
 * every database. If one of them does not answer, `revokeAll` throws after it has ended the sessions in the others.
 */
export class ShardedSessionStore implements SessionStore {
  constructor(
    private readonly databases: SessionDatabases,
    private readonly limits: SessionLimits,
  ) {}

  /**
   * Chooses the id itself. If a database does not answer, or cannot store the session, the session begins in another one:
   * in the main one if the search took long, because the next shard may take as long.
   */
  async create(session: NewSession): Promise<Session> {
    const numbers = await this.databases.forNew();
    const began = performance.now();
    let failure: unknown;
    for (const number of numbers) {
      if (number !== MAIN && failure && performance.now() - began > SEARCH_MS) continue;
      try {
        return await this.databases.storeOf(number).create({ ...session, id: sessionIdOn(number) });
      } catch (error) {
        this.databases.failed(number, error);
        failure = error;
      }
    }
    throw failure;
  }

  async rotate(presented: Presentation): Promise<RotationOutcome> {
    return this.of(presented.sid).rotate(presented);
  }

  async reauthenticate(
    sid: string,
    userId: string,
    by: Pick<SessionAuthentication, 'acr' | 'amr'>,
  ): Promise<Session | null> {
    return this.of(sid).reauthenticate(sid, userId, by);
  }

  async lower(sid: string, userId: string): Promise<boolean> {
    return this.of(sid).lower(sid, userId);
  }

  async revoke(sid: string, reason: RevocationReason): Promise<string | null> {
    return this.of(sid).revoke(sid, reason);
  }

  /** @throws PartlyEndedError if a database does not answer */
  async revokeAll(userId: string, reason: RevocationReason, except?: string): Promise<string[]> {
    const { values, failure } = await this.inAll((store) => store.revokeAll(userId, reason, except));
    const ended = values.flat();
    if (failure) throw failure instanceof UnavailableError ? new PartlyEndedError(ended, failure) : failure;
    return ended;
  }

  /** One step looks at `limit` sessions in each database, and leaves out shards that do not answer. */
  async revokeBefore(
    before: Date | null,
    reason: RevocationReason,
    { after, limit }: { after?: string; limit: number },
  ): Promise<EndedSessions> {
    const places = after === undefined ? [] : (JSON.parse(after) as (string | null)[]);
    const step = async (number: number, time: Date | null): Promise<EndedSessions | null> =>
      places[number] === null
        ? null
        : this.databases
            .storeOf(number)
            .revokeBefore(time, reason, { limit, ...(places[number] && { after: places[number] }) });
    // The clock of the main one decides for all.
    const main = await step(MAIN, before);
    const time = main?.before ?? before!;
    const stepOrNone = async (number: number) => {
      try {
        return await step(number, time);
      } catch (error) {
        if (error instanceof UnavailableError)
          return { before: time, ended: [], next: null, isPartial: true };
        throw error;
      }
    };
    const steps = await Promise.all(
      this.databases.numbers.map((number) => (number === MAIN ? main : stepOrNone(number))),
    );
    const next = steps.map((done) => done?.next ?? null);
    return {
      before: time,
      ended: steps.flatMap((done) => done?.ended ?? []),
      next: next.every((place) => place === null) ? null : JSON.stringify(next),
      isPartial: steps.some((done) => done?.isPartial),
    };
  }

  /** Sessions in a database that does not answer are not counted: until it does, nobody can use them. */
  async endSurplus(userId: string, newest: string): Promise<string[]> {
    const { maxPerUser, whenFull } = this.limits;
    if (maxPerUser === 0) return [];
    const live = await this.listLive(userId);
    if (live.length <= maxPerUser) return [];
    const others = live.map(({ id }) => id).filter((id) => id !== newest);
    const surplus = whenFull === 'evict' ? others.slice(maxPerUser - 1) : [newest];
    const ended = await Promise.all(
      surplus.map(async (id) => ((await this.revoke(id, 'too-many')) === null ? [] : [id])),
    );
    return ended.flat();
  }

  exclusively<T>(userId: string, work: () => Promise<T>): Promise<T> {
    return this.databases.storeOf(MAIN).exclusively(userId, work);
  }

  /** Without those in a database that does not answer. */
  async listLive(userId: string): Promise<SessionInfo[]> {
    const numbers = this.databases.numbers.filter((number) => this.databases.answers(number));
    const { values, failure } = await this.inAll((store) => store.listLive(userId), numbers);
    if (failure && (values.length === 0 || !(failure instanceof UnavailableError))) throw failure;
    return values.flat().toSorted((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime());
  }

  /** The id may be made up: a shard that is not there has no sessions. */
  async belongsTo(userId: string, sid: string): Promise<boolean> {
    if (!this.databases.numbers.includes(shardOf(sid))) return false;
    return this.of(sid).belongsTo(userId, sid);
  }

  async isLive(sid: string, jti?: string): Promise<boolean> {
    return this.of(sid).isLive(sid, jti);
  }

  async standingOf(sid: string, jti: string): Promise<Standing> {
    return this.of(sid).standingOf(sid, jti);
  }

  private of(sid: string): Required<SessionStore> {
    return this.databases.storeOf(shardOf(sid));
  }

  /** What these databases answered, and the failure of one that did not. */
  private async inAll<T>(
    ask: (store: Required<SessionStore>) => Promise<T>,
    numbers = this.databases.numbers,
  ): Promise<{ values: T[]; failure: unknown }> {
    const answers = await Promise.allSettled(
      numbers.map(async (number) => ask(this.databases.storeOf(number))),
    );
    return {
      values: answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : [])),
      failure: answers.find((answer) => answer.status === 'rejected')?.reason,
    };
  }
}
