import type { DataSource } from 'typeorm';
import { runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import type { Revocation } from './revocation-list.js';
import { channelOf, LOOK, type RevocationEntry } from './revocation-message.js';
import { type News, parseSnapshot, type Snapshot } from './revocation-order.js';
import { StoredRevocation } from './revocation.entity.js';
import { recordsOf } from './session-records.js';

/** More revocations than this are announced by one notification, and each instance then reads them. */
const MOST_NOTIFICATIONS = 50;

/** What the table of revocations looked like at one moment. */
export interface Look {
  /** Changes when the server, or the file it keeps the table in, is another one: transaction ids then mean nothing. */
  identity: string;
  snapshot: Snapshot;
  /** The size of the table, in blocks of the server. */
  blocks: number;
  /** Whether the server finds some blocks without looking at all the others: since PostgreSQL 14. */
  byBlocks: boolean;
}

/** The place of a row in the order of revocations. */
export interface Place {
  xid: bigint;
  kind: string;
  id: string;
}

/** A page of revocations in their order. */
export interface Page {
  /** For {@link readRecords}. */
  records: string;
  /** How many rows were read, and the last of them; `null` if there were none. */
  count: number;
  last: Place | null;
}

/** Revocations in PostgreSQL. All methods throw `UnavailableError` when the database is unavailable. */
export class RevocationStore {
  /** Where {@link write} notifies of what it has written. */
  readonly channel: string;
  private readonly table: string;

  /** @param accessLifetime seconds after which every access token of an ended session has expired */
  constructor(
    private readonly dataSource: DataSource,
    private readonly accessLifetime: number,
  ) {
    this.table = tableOf(dataSource, StoredRevocation);
    this.channel = channelOf(this.table);
  }

  /**
   * Writes revocations on the database's clock and notifies all instances on commit. Returns the entries as they are
   * now known.
   */
  async write(revocations: readonly Revocation[], seconds: number): Promise<RevocationEntry[]> {
    return this.query(
      `WITH given AS MATERIALIZED (
         SELECT DISTINCT ON (kind, id) kind, id, COALESCE(since, now) AS since, now + make_interval(secs => $3::float8) AS until
         FROM unnest($1::text[], $2::text[], $4::timestamptz[]) AS given (kind, id, since), (SELECT clock_timestamp() AS now) AS clock
         ORDER BY kind, id, since DESC
       ), written AS (
         INSERT INTO ${this.table} AS known (kind, id, since, until, written_at, written_xid)
         SELECT kind, id, since, until, clock_timestamp(), pg_current_xact_id()::text::bigint FROM given
         ON CONFLICT (kind, id) DO UPDATE
           SET since = GREATEST(known.since, excluded.since), until = GREATEST(known.until, excluded.until),
             written_at = excluded.written_at, written_xid = excluded.written_xid
           -- What the trigger has written when the session ended is as good.
           WHERE known.until < excluded.until OR known.kind NOT IN ('session', 'token')
       )
       SELECT kind, id, since, until, CASE
         WHEN (SELECT count(*) FROM given) <= ${MOST_NOTIFICATIONS}
           THEN pg_notify('${this.channel}', concat_ws(' ', kind, id, ${millis('since')}, ${millis('until')}))
         ELSE pg_notify('${this.channel}', '${LOOK}') END AS told
       FROM given`,
      [
        revocations.map(({ kind }) => kind),
        revocations.map(({ id }) => id),
        seconds,
        revocations.map(({ since }) => since?.toISOString() ?? null),
      ],
    );
  }

  /** Looks at the table without reading it. What commits afterwards is found with {@link oldestNews}. */
  async look(): Promise<Look> {
    const [row] = await this.query<Omit<Look, 'snapshot'> & { snapshot: string }>(
      `SELECT pg_current_snapshot()::text AS snapshot,
         concat_ws(' ', date_part('epoch', pg_postmaster_start_time()), $1::regclass::oid,
           pg_relation_filenode($1::regclass)) AS identity,
         (pg_relation_size($1::regclass) / current_setting('block_size')::int)::int AS blocks,
         current_setting('server_version_num')::int >= 140000 AS "byBlocks"`,
      [this.table],
    );
    return { ...row!, snapshot: parseSnapshot(row!.snapshot) };
  }

  /**
   * Reads the revocations in some blocks of the table that affect unexpired tokens; given `news`, only those of these
   * transactions. Blocks are read in their order on disk: an index would fetch each of them many times.
   */
  async readBlocks(from: number, to: number, news?: News): Promise<string> {
    // OFFSET 0: outdated statistics must not make the planner read an index of the whole table for each page.
    const [row] = await this.query<{ records: string }>(
      `SELECT ${this.records}
       FROM (SELECT * FROM ${this.table} WHERE ctid >= $1::tid AND ctid < $2::tid OFFSET 0) AS blocks
       WHERE ${this.live} AND ($3::bigint IS NULL OR (written_xid >= $3::bigint AND written_xid < $4::bigint))`,
      [`(${from},0)`, `(${to},0)`, news ? String(news.from) : null, news ? String(news.end) : null],
    );
    return row!.records;
  }

  /**
   * Reads the next `limit` revocations after a place in the order, up to and without the transaction `end`. Rows of a
   * later transaction are not new: a restored backup brought their ids along from another server.
   */
  async readNext({ xid, kind, id }: Place, end: bigint, limit: number): Promise<Page> {
    const [row] = await this.query<Omit<Page, 'last'> & { last: string[] | null }>(
      `WITH page AS MATERIALIZED (
         SELECT kind, id, since, until, written_xid FROM ${this.table}
         WHERE (written_xid, kind, id) > ($1::bigint, $2, $3) AND written_xid < $4::bigint
         ORDER BY written_xid, kind, id LIMIT $5
       )
       SELECT read.*, (SELECT count(*)::int FROM page) AS count,
         (SELECT ARRAY[written_xid::text, kind, id] FROM page ORDER BY written_xid DESC, kind DESC, id DESC LIMIT 1)
           AS last
       FROM (SELECT ${this.records} FROM page WHERE ${this.live}) AS read`,
      [String(xid), kind, id, String(end), limit],
    );
    const { last, ...page } = row!;
    return { ...page, last: last && { xid: BigInt(last[0]!), kind: last[1]!, id: last[2]! } };
  }

  async countExpired(): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM ${this.table} WHERE ${this.expired}`,
      [],
    );
    return row!.count;
  }

  /** Deletes up to `limit` revocations whose tokens have all expired; returns how many. */
  async deleteExpired(limit: number): Promise<number> {
    const { count } = await this.run(
      `DELETE FROM ${this.table} WHERE (kind, id) IN (
         SELECT kind, id FROM ${this.table} WHERE ${this.expired} LIMIT $1 FOR UPDATE SKIP LOCKED
       )`,
      [limit],
    );
    return count;
  }

  /** One text is read many times faster than rows. An id with a line break belongs to no token: see `isId`. */
  private get records(): string {
    const line = `kind || ' ' || id || ' ' || ${millis('since')} || ' ' || ${millis(this.until)}`;
    return `${recordsOf(this.until, `CASE WHEN strpos(id, E'\\n') = 0 THEN ${line} END`)} AS records`;
  }

  private get live(): string {
    return `(until > now() AND (until < 'infinity' OR since > now() - ${this.lifetime}))`;
  }

  /** Not `NOT live`, for which PostgreSQL would not use the index. */
  private get expired(): string {
    return `(until <= now() OR (until = 'infinity' AND since <= now() - ${this.lifetime}))`;
  }

  private get until(): string {
    return `CASE WHEN until < 'infinity' THEN until ELSE since + ${this.lifetime} END`;
  }

  private get lifetime(): string {
    return `make_interval(secs => ${this.accessLifetime})`;
  }

  private async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.run<Row>(sql, parameters)).rows;
  }

  private run<Row>(text: string, values: unknown[]): Promise<StatementResult<Row>> {
    return runStatement(this.dataSource, { text, values });
  }
}

/** Within the limits of a `Date`, also for `infinity`. */
function millis(time: string): string {
  return `(LEAST(8.64e12, GREATEST(0, date_part('epoch', ${time}))) * 1000)::bigint`;
}
