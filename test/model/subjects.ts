import type { DataSource } from 'typeorm';
import { ExpiredSessions } from '../../src/sessions/expired-sessions.js';
import type { SessionRow } from '../../src/sessions/in-memory-session-row.js';
import { InMemorySessionStore } from '../../src/sessions/in-memory-session.store.js';
import { PostgresSessionStore } from '../../src/sessions/postgres-session.store.js';
import { userRotationOf } from '../../src/tokens/user-rotation.js';
import { TypeOrmUserStore } from '../../src/users/typeorm-user.store.js';
import { type Facts, idOf, idOrNone, SESSION, type Subject, USER, USERS } from './conformance.js';
import type { Row } from './session-row.js';
import { LIMITS, timesOf } from './shapes.js';

const { leeway, idleTtl, absoluteTtl } = LIMITS;
/** Rounding, and the time between two looks at the clock in one statement. */
const TOLERANCE_MS = 1_000;

interface StoredTimes {
  createdAt: number;
  rotatedAt: number;
  expiresAt: number;
  absoluteExpiresAt: number;
}

interface Stored extends StoredTimes, Pick<Facts, 'current' | 'previous' | 'ended'> {
  /** Where revocations are in a table. */
  announced?: boolean;
}

/** Times are in milliseconds. */
function factsOf({ current, previous, ended, announced = ended, ...times }: Stored, now: number): Facts {
  const { createdAt, rotatedAt, expiresAt, absoluteExpiresAt } = times;
  const isNear = (a: number, b: number) => Math.abs(a - b) < TOLERANCE_MS;
  return {
    current,
    previous,
    ended,
    isWithinLeeway: now <= rotatedAt + leeway * 1_000,
    isExpired: expiresAt <= now,
    isPastAbsoluteLimit: absoluteExpiresAt < now,
    hasRightLimits:
      isNear(absoluteExpiresAt, createdAt + absoluteTtl * 1_000) &&
      isNear(expiresAt, Math.min(rotatedAt + idleTtl * 1_000, absoluteExpiresAt)),
    isEndAnnounced: announced === ended || absoluteExpiresAt < now,
  };
}

const idsOf = (row: Row) => [idOf(row.current), idOrNone(row.previous)] as const;
const millis = (column: string) => `(date_part('epoch', ${column}) * 1000)::float8`;

/** @param faulty the data source for the store's own statements, if they are not to be the right ones */
export function postgresSubject(dataSource: DataSource, faulty = dataSource): Subject {
  const store = new PostgresSessionStore(faulty, LIMITS);
  return {
    store,
    withUsers: userRotationOf(store, new TypeOrmUserStore(faulty)),
    expired: new ExpiredSessions(faulty),
    async put(row, shape) {
      await dataSource.query('DELETE FROM refresh_tokens; DELETE FROM revocations');
      await dataSource.query(
        `INSERT INTO users (id, email, disabled_at) VALUES ($1, 'active', NULL), ($2, 'disabled', now())
         ON CONFLICT DO NOTHING`,
        [USERS.active, USERS.disabled],
      );
      if (!row) return;
      const { created, rotated } = timesOf(row, shape);
      await dataSource.query(
        `WITH clock AS (
           SELECT clock_timestamp() - make_interval(secs => $3) AS created,
             clock_timestamp() - make_interval(secs => $4) AS rotated,
             make_interval(secs => $5) AS idle, make_interval(secs => $6) AS absolute
         )
         INSERT INTO refresh_tokens (id, user_id, created_at, rotated_at, last_used_at, expires_at,
           absolute_expires_at, current_jti, previous_jti, revoked_at)
         SELECT $1, $2, created, rotated, rotated, LEAST(rotated + idle, created + absolute), created + absolute,
           $7, $8, CASE WHEN $9 THEN now() END FROM clock`,
        [SESSION, USER, created, rotated, idleTtl, absoluteTtl, ...idsOf(row), row.ended],
      );
    },
    async read() {
      const [row] = await dataSource.query<(Stored & { now: number })[]>(
        `SELECT current_jti AS current, previous_jti AS previous, revoked_at IS NOT NULL AS ended,
           EXISTS (SELECT FROM revocations WHERE kind = 'session' AND id = sessions.id::text) AS announced,
           ${millis('created_at')} AS "createdAt", ${millis('rotated_at')} AS "rotatedAt",
           ${millis('expires_at')} AS "expiresAt", ${millis('absolute_expires_at')} AS "absoluteExpiresAt",
           ${millis('clock_timestamp()')} AS now
         FROM refresh_tokens AS sessions`,
      );
      return row ? factsOf(row, row.now) : null;
    },
  };
}

/** A data source for which a part of every statement reads otherwise. */
export function rewriting(dataSource: DataSource, part: string | RegExp, by: string): DataSource {
  const { master } = dataSource.driver as unknown as { master: { query(statement: object): unknown } };
  const query = ({ text, values, types }: { text: string; values: unknown[]; types: object }) =>
    master.query({ text: text.replace(part, by), values, types });
  const driver = Object.create(dataSource.driver, { master: { value: { query } } });
  return Object.create(dataSource, { driver: { value: driver } });
}

export function inMemorySubject(Store = InMemorySessionStore): Subject {
  const now = Date.now();
  const store = new Store(LIMITS, () => now);
  const { rows } = store as unknown as { rows: Map<string, SessionRow> };
  return {
    store,
    async put(row, shape) {
      rows.clear();
      if (!row) return;
      const { created, rotated } = timesOf(row, shape);
      const [createdAt, rotatedAt] = [now - created * 1_000, now - rotated * 1_000];
      const absoluteExpiresAt = createdAt + absoluteTtl * 1_000;
      const [currentJti, previousJti] = idsOf(row);
      rows.set(SESSION, {
        id: SESSION,
        userId: USER,
        createdAt,
        rotatedAt,
        lastUsedAt: rotatedAt,
        expiresAt: Math.min(rotatedAt + idleTtl * 1_000, absoluteExpiresAt),
        absoluteExpiresAt,
        currentJti,
        previousJti,
        revoked: row.ended,
        ip: null,
        userAgent: null,
      });
    },
    async read() {
      const row = rows.get(SESSION);
      return row
        ? factsOf({ ...row, current: row.currentJti, previous: row.previousJti, ended: row.revoked }, now)
        : null;
    },
  };
}
