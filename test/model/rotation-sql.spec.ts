import { DataSource } from 'typeorm';
import { authEntities, authMigrations } from '../../src/index.js';
import { InMemorySessionStore } from '../../src/sessions/in-memory-session.store.js';
import type { Presentation, RotationOutcome } from '../../src/sessions/session-types.js';
import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { differences, pairsOf, type Subject } from './conformance.js';
import { reachableRows } from './reachable-rows.js';
import { inMemorySubject, postgresSubject, rewriting } from './subjects.js';

const ROWS = reachableRows();

/** The first few are enough to see what is wrong. */
async function differencesOf(subject: Subject, most = 5): Promise<string[]> {
  const found: string[] = [];
  for await (const difference of differences(ROWS, subject)) if (found.push(difference) === most) break;
  return found;
}

describe('in PostgreSQL', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createMigratedDatabase();
    dataSource = new DataSource({
      type: 'postgres',
      url: database.url,
      entities: [...authEntities],
      migrations: [...authMigrations],
      migrationsRun: true,
    });
    await dataSource.initialize();
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  test('every statement does in every reachable row what it does in the model', async () => {
    const subject = postgresSubject(dataSource);
    if (process.env.MODEL_FIGURES) console.table({ rows: ROWS.length, pairs: pairsOf(ROWS, subject).length });
    expect(await differencesOf(subject)).toEqual([]);
  }, 120_000);

  test.each<[string, string | RegExp, string]>([
    [
      'a rotation does not compare the current token',
      'AND current_jti = $3 AND',
      'AND $3::uuid IS NOT NULL AND',
    ],
    ['a rotation with others does not compare the current token', /current_jti = jti AND/g, ''],
    ['a rotation with others takes the token of another', /session.id = sid/g, 'session.id <> sid'],
    ['a disabled user may refresh', 'WHERE NOT (disabled_at IS NOT NULL)', ''],
    ['a rotation with the user takes that of another', 'AND owner_id = $5 AND', 'AND owner_id <> $5 AND'],
    ['an ended session is live', 'revoked_at IS NULL AND expires_at >', 'expires_at >'],
    ['an expired session is live', 'AND expires_at > clock_timestamp()', ''],
    ['the leeway never ends', 'clock_timestamp() <= rotated_at + make', 'rotated_at <= rotated_at + make'],
    ['there is no leeway', 'COALESCE(previous_jti = $2, false)', 'COALESCE($2::uuid IS NULL, false)'],
    ['a rotation forgets the predecessor', 'previous_jti = current_jti,', 'previous_jti = NULL,'],
    ['a rotation keeps the time of the one before', 'rotated_at = clock_timestamp(),', ''],
    [
      'a rotation outlives the absolute limit',
      'LEAST(clock_timestamp() + make_interval(secs => $1::float8), absolute',
      'GREATEST(clock_timestamp() + make_interval(secs => $1::float8), absolute',
    ],
    ['what is ended is not kept', 'SET revoked_at = clock_timestamp(), revoked_reason', 'SET revoked_reason'],
    [
      'the end is that of another session',
      'WHERE id = $1 AND revoked_at IS NULL RETURNING',
      'WHERE id <> $1 AND revoked_at IS NULL RETURNING',
    ],
    ['cleanup deletes what has been idle for too long', 'absolute_expires_at < now()', 'expires_at < now()'],
    ['cleanup deletes evidence of reuse', 'absolute_expires_at < now()', 'revoked_at < now()'],
  ])('a deliberate fault is found: %s', async (_, part, by) => {
    const subject = postgresSubject(dataSource, rewriting(dataSource, part, by));
    expect(await differencesOf(subject, 1)).toHaveLength(1);
  });

  test('a deliberate fault is found: the trigger that announces an end is missing', async () => {
    await dataSource.query('ALTER TABLE refresh_tokens DISABLE TRIGGER latchkey_ended');
    const found = await differencesOf(postgresSubject(dataSource), 1);
    await dataSource.query('ALTER TABLE refresh_tokens ENABLE TRIGGER latchkey_ended');
    expect(found).toEqual([expect.stringContaining('"isEndAnnounced":false')]);
  });
});

test('every statement does in memory what it does in the model', async () => {
  expect(await differencesOf(inMemorySubject())).toEqual([]);
});

test('a deliberate fault is found in memory: a replay extends the leeway', async () => {
  class Sliding extends InMemorySessionStore {
    override async rotate(presented: Presentation): Promise<RotationOutcome> {
      const rotation = await super.rotate(presented);
      const { rows } = this as unknown as { rows: Map<string, { rotatedAt: number; expiresAt: number }> };
      if (rotation.outcome === 'replayed') rows.get(presented.sid)!.rotatedAt += 100_000;
      return rotation;
    }
  }
  expect(await differencesOf(inMemorySubject(Sliding), 1)).toEqual([expect.stringMatching(/^rotate of/)]);
});
