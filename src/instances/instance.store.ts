import type { DataSource } from 'typeorm';
import { runStatement } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import type { KnownSecrets } from './choose-secret.js';
import { StoredInstance } from './instance.entity.js';
import { parseIdentity, type ProcessIdentity } from './process-identity.js';

/** How long a row is kept after its instance has stopped: until the next start, mostly. */
const KEPT_SECONDS = 86_400;

/** What an instance says of a list of secrets. */
export interface SecretState extends KnownSecrets {
  /** Since when all instances have used the announced one, in milliseconds on the database's clock. */
  since: number | null;
}

/** What an instance says of itself. */
export interface InstanceState {
  /** True until it has compared its secrets with those of the others. */
  starting: boolean;
  process?: ProcessIdentity | undefined;
  kinds: Record<string, SecretState>;
}

/** An instance that writes to the list. */
export interface OwnInstance extends InstanceState {
  id: string;
  name: string;
  version: string;
  /** How many seconds without a sign of life make it count as stopped. */
  livesFor: number;
}

/** An instance as the others see it. */
export interface SeenInstance extends InstanceState {
  id: string;
  name: string;
  version: string;
  startedAt: Date;
  seenAt: Date;
  /** False if it has stopped, or has not been seen for too long. */
  live: boolean;
}

/** What was read, and when on the database's clock. */
export interface Look {
  now: number;
  instances: SeenInstance[];
}

/** Keeps the list of instances. All methods reject when the list cannot be read or written. */
export interface InstanceStore {
  /**
   * Writes a sign of life, and returns the other live instances. They are read as they were when the statement began: a
   * row that was committed before is among them.
   */
  beat(own: OwnInstance): Promise<Look>;
  /** Returns the instances, also those that stopped within a day, without writing anything. */
  look(): Promise<Look>;
  /** Says that an instance has stopped. */
  end(id: string): Promise<void>;
}

const COLUMNS = `extract(epoch FROM clock_timestamp())::float8 * 1000 AS now, it.id, it.name, it.version,
  it.started_at AS "startedAt", it.seen_at AS "seenAt", it.live_until > clock_timestamp() AS live, it.secrets`;

type Row = Omit<SeenInstance, keyof InstanceState> & { now: number; id: string | null; secrets: unknown };

/** The list in PostgreSQL, on its clock. */
export class PostgresInstanceStore implements InstanceStore {
  private readonly table: string;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, StoredInstance);
  }

  async beat({ id, name, version, livesFor, ...state }: OwnInstance): Promise<Look> {
    return this.read(
      `WITH own AS (
         INSERT INTO ${this.table} (id, name, version, started_at, seen_at, live_until, secrets)
         VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(),
           clock_timestamp() + make_interval(secs => $4::float8), $5)
         ON CONFLICT (id) DO UPDATE SET
           seen_at = EXCLUDED.seen_at, live_until = EXCLUDED.live_until, secrets = EXCLUDED.secrets
       )
       SELECT ${COLUMNS} FROM (SELECT) AS always
       LEFT JOIN ${this.table} AS it ON it.id <> $1 AND it.live_until > clock_timestamp()`,
      [id, name, version, livesFor, JSON.stringify(state)],
    );
  }

  async look(): Promise<Look> {
    return this.read(`SELECT ${COLUMNS} FROM (SELECT) AS always LEFT JOIN ${this.table} AS it ON true`, []);
  }

  async end(id: string): Promise<void> {
    const text = `UPDATE ${this.table} SET live_until = LEAST(live_until, clock_timestamp()) WHERE id = $1`;
    await runStatement(this.dataSource, { text, values: [id] });
  }

  /** Returns the number of rows that are no longer of use. */
  async countExpired(): Promise<number> {
    const { rows } = await runStatement<{ count: number }>(this.dataSource, {
      text: `SELECT count(*)::int AS count FROM ${this.table} WHERE ${EXPIRED}`,
      values: [],
    });
    return rows[0]!.count;
  }

  /** Deletes up to `limit` such rows; returns how many. */
  async deleteExpired(limit: number): Promise<number> {
    const text = `DELETE FROM ${this.table} WHERE id IN (
      SELECT id FROM ${this.table} WHERE ${EXPIRED} LIMIT $1 FOR UPDATE SKIP LOCKED)`;
    return (await runStatement(this.dataSource, { text, values: [limit] })).count;
  }

  private async read(text: string, values: unknown[]): Promise<Look> {
    const { rows } = await runStatement<Row>(this.dataSource, { text, values });
    const found = rows.filter(({ id }) => id !== null);
    return { now: rows[0]!.now, instances: found.map(seen) };
  }
}

const EXPIRED = `live_until < now() - make_interval(secs => ${KEPT_SECONDS})`;

function seen({ id, name, version, startedAt, seenAt, live, secrets }: Row): SeenInstance {
  return { id, name, version, startedAt, seenAt, live, ...stateOf(secrets) };
}

/** What a later version writes may have another form: a list that is not understood counts as absent. */
function stateOf(secrets: unknown): InstanceState {
  const { starting, process, kinds } = Object(secrets) as Record<string, unknown>;
  const states = Object.entries(Object(kinds) as Record<string, Partial<SecretState>>);
  return {
    starting: starting === true,
    process: parseIdentity(process),
    kinds: Object.fromEntries(
      states
        .filter(([, state]) => Array.isArray(state?.known) && Array.isArray(state.made))
        .map(([kind, { known, announced, made, since }]) => [
          kind,
          { known: known!, announced: announced ?? null, made: made!, since: since ?? null },
        ]),
    ),
  };
}
