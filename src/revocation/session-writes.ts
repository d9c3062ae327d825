import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { rolledBack } from '../database/rolled-back.js';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { PostgresSessionStore } from '../sessions/postgres-session.store.js';
import type { SessionLimits } from '../sessions/session-types.js';
import { type DelayPolicy, strangersOf } from '../users/login-attempts.js';
import { PostgresLoginAttempts } from '../users/postgres-login-attempts.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import { User, type UserClass } from '../users/user.entity.js';
import { expectUsersVisible, expectVisible } from './visible-users.js';
import { StoredRevocation } from './revocation.entity.js';
import { RevocationStore } from './revocation.store.js';

/** What of an app is in PostgreSQL, and with which settings. A part that a host has replaced is not tried. */
export interface TriedTables {
  /** `false`: the host keeps its users itself. */
  users: boolean | UserClass;
  sessions: SessionLimits | undefined;
  /** The lifetime of an access token in seconds. */
  revocations: number | undefined;
  attempts: DelayPolicy | undefined;
}

/** What the database does not let this process do. */
export class RefusedWrite extends Error {
  constructor(
    readonly what: string,
    cause: unknown,
  ) {
    super(`The database does not let this service ${what}.`, { cause });
  }
}

/** SQLSTATE foreign_key_violation. */
const NO_SUCH_ROW = '23503';
const REMEMBER_SECONDS = 60;

/**
 * Does what a login, a refresh and a logout do with the database, by the same statements, and takes it back: privileges,
 * triggers, space on disk and everything else are those that a user will meet.
 */
export class SessionWrites {
  constructor(
    private readonly dataSource: DataSource,
    private readonly tables: TriedTables,
  ) {}

  /** @throws RefusedWrite whose `cause` is the reason, which may be that the database is unavailable */
  async prove(): Promise<void> {
    const { users } = this.tables;
    const entity = users === true ? User : users || undefined;
    // Not within the transaction: the store gathers the reads of several requests.
    if (entity) {
      await attempt('read users', () => new TypeOrmUserStore(this.dataSource, entity).findById(randomUUID()));
      await attempt('read users', () => expectUsersVisible(this.dataSource, entity));
    }
    await attempt('write sessions', () =>
      rolledBack(this.dataSource, async (inside) => {
        await this.countAttempt(inside);
        await this.live(inside, entity);
      }),
    );
  }

  private async countAttempt(inside: DataSource): Promise<void> {
    const { attempts } = this.tables;
    if (!attempts) return;
    await attempt('count login attempts', async () => {
      const table = new PostgresLoginAttempts(inside, attempts);
      const email = `${randomUUID()}@latchkey.invalid`;
      expectDone((await table.begin(strangersOf({ email, userId: null }))).outcome === 'allowed');
      await table.reset(email);
    });
  }

  /** From the login to the logout. */
  private async live(inside: DataSource, entity: UserClass | undefined): Promise<void> {
    const { sessions: limits, revocations } = this.tables;
    const [id, jti, nextJti] = [randomUUID(), randomUUID(), randomUUID()];
    // A host may have added a foreign key to the users.
    const known = entity && (await anyUser(inside, entity));
    if (limits) {
      const store = new PostgresSessionStore(inside, limits);
      try {
        expectDone(await store.create({ id, userId: known ?? randomUUID(), jti }));
      } catch (error) {
        // Without users nobody logs in, and the statement got as far as it can.
        if (known === undefined && (error as { code?: unknown }).code === NO_SUCH_ROW) return;
        throw error;
      }
      expectDone((await store.rotate({ sid: id, jti, nextJti })).outcome === 'rotated');
      expectDone((await store.revoke(id, 'ended')) !== null);
    }
    if (revocations !== undefined)
      await attempt('write revocations', () =>
        new RevocationStore(inside, revocations).write([{ kind: 'session', id }], REMEMBER_SECONDS),
      );
    if (revocations !== undefined) await attempt('read revocations', () => expectRevocation(inside, id));
    // What a host's constraints and triggers would say only at the commit.
    await runStatement(inside, { text: 'SET CONSTRAINTS ALL IMMEDIATE', values: [] });
  }
}

/** The other instances only hear of what they can read. */
async function expectRevocation(inside: DataSource, id: string): Promise<void> {
  const text = `SELECT FROM ${tableOf(inside, StoredRevocation)} WHERE kind = 'session' AND id = $1`;
  expectVisible((await runStatement(inside, { text, values: [id] })).count === 1);
}

async function anyUser(inside: DataSource, entity: UserClass): Promise<string | undefined> {
  const text = `SELECT id::text AS id FROM ${tableOf(inside, entity)} LIMIT 1`;
  return (await runStatement<{ id: string }>(inside, { text, values: [] })).rows[0]?.id;
}

/** The innermost attempt says what failed. */
async function attempt(what: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw error instanceof RefusedWrite ? error : new RefusedWrite(what, error);
  }
}

function expectDone(done: unknown): void {
  if (!done)
    throw new Error('The statement succeeded, but changed nothing: a trigger or a rule prevents it.');
}
