import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

/** On the table of sessions. */
export const SESSION_TRIGGERS = ['ended', 'inserted', 'deleted', 'truncating', 'truncated'].map(
  (name) => `latchkey_${name}`,
);

/** Longer than the clocks of two servers of a cluster differ, and than the trigger needs to read the table. */
const RECENT = '1 minute';

/**
 * Gives revocations an order that no commit overtakes: each row is stamped with the id of the transaction that wrote it
 * (see `oldestNews`). Triggers make one table tell everything, including sessions that somebody ends, deletes or
 * truncates by hand. No trigger has work to do when a session is refreshed or a row is deleted after its absolute end.
 */
export class OrderRevocations1764000000020 implements MigrationInterface {
  name = 'OrderRevocations1764000000020';

  async up(queryRunner: QueryRunner): Promise<void> {
    const { revocations, sessions } = tablesOf(queryRunner);
    await queryRunner.query(`ALTER TABLE ${revocations.path} ADD "written_xid" bigint NOT NULL DEFAULT 0`);
    await queryRunner.query(`ALTER TABLE ${revocations.path} ALTER "written_xid" DROP DEFAULT`);
    await queryRunner.query(
      `CREATE INDEX ${await revocations.freeName('revocations_written_xid_idx')}
       ON ${revocations.path} ("written_xid", "kind", "id")`,
    );
    await queryRunner.query(`DROP INDEX ${await revocations.indexOn('written_at')}`);
    await stampRevocations(queryRunner, revocations);
    await watchSessions(queryRunner, sessions, await revocations.located());
    // Sessions that were ended by hand, or by a process that died before it wrote a revocation.
    await queryRunner.query(`
      INSERT INTO ${revocations.path} (kind, id, since, until, written_at, written_xid)
      SELECT 'session', id, revoked_at, 'infinity', clock_timestamp(), 0 FROM ${sessions.path}
      WHERE revoked_at > now() - interval '1 day' ON CONFLICT DO NOTHING`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const { revocations, sessions } = tablesOf(queryRunner);
    // A function takes its triggers along.
    for (const name of ['ended', 'deleted', 'truncating', 'truncated'])
      await queryRunner.query(`DROP FUNCTION ${await sessions.functionName(name)} CASCADE`);
    await queryRunner.query(`DROP FUNCTION ${await revocations.functionName('stamp')} CASCADE`);
    await queryRunner.query(
      `CREATE INDEX ${await revocations.freeName('revocations_written_at_idx')} ON ${revocations.path} ("written_at")`,
    );
    await queryRunner.query(`ALTER TABLE ${revocations.path} DROP COLUMN "written_xid"`);
  }
}

/** `ENABLE ALWAYS`: also when a replica applies changes, because transaction ids mean nothing on another server. */
async function stampRevocations(queryRunner: QueryRunner, revocations: MigratedTable): Promise<void> {
  const stamp = await revocations.functionName('stamp');
  await queryRunner.query(`
    CREATE FUNCTION ${stamp}() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.written_xid := pg_current_xact_id()::text::bigint;
      RETURN NEW;
    END $$`);
  await queryRunner.query(`
    CREATE TRIGGER "latchkey_stamp" BEFORE INSERT OR UPDATE ON ${revocations.path}
    FOR EACH ROW EXECUTE FUNCTION ${stamp}()`);
  await queryRunner.query(`ALTER TABLE ${revocations.path} ENABLE ALWAYS TRIGGER "latchkey_stamp"`);
}

/**
 * Entries "until infinity" are kept for the lifetime of an access token, which only the instances know. The triggers
 * run with the rights of whoever changes the sessions: a role that may not write revocations cannot end sessions
 * unnoticed, it gets an error. Not `ENABLE ALWAYS`: a logical replica receives the revocations as well, and rows that
 * its own triggers had written would be in their way.
 */
async function watchSessions(
  queryRunner: QueryRunner,
  sessions: MigratedTable,
  revocations: string,
): Promise<void> {
  const insert = `INSERT INTO ${revocations} AS known (kind, id, since, until, written_at, written_xid)`;
  const again = `ON CONFLICT (kind, id) DO UPDATE
    SET since = excluded.since, until = excluded.until, written_at = excluded.written_at`;
  const create = async (name: string, body: string) => {
    const path = await sessions.functionName(name);
    await queryRunner.query(
      `CREATE FUNCTION ${path}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN NULL; END $$`,
    );
    return path;
  };

  const ended = await create(
    'ended',
    `${insert} VALUES ('session', NEW.id, CASE TG_OP WHEN 'INSERT' THEN NEW.revoked_at ELSE clock_timestamp() END,
       'infinity', clock_timestamp(), 0) ${again}`,
  );
  // "OF revoked_at": a refresh does not set that column, so PostgreSQL does not even look at the condition.
  await queryRunner.query(`
    CREATE TRIGGER "latchkey_ended" AFTER UPDATE OF revoked_at ON ${sessions.path}
    FOR EACH ROW WHEN (OLD.revoked_at IS NULL AND NEW.revoked_at IS NOT NULL AND NEW.absolute_expires_at > now())
    EXECUTE FUNCTION ${ended}()`);
  await queryRunner.query(`
    CREATE TRIGGER "latchkey_inserted" AFTER INSERT ON ${sessions.path}
    FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL AND NEW.absolute_expires_at > now()) EXECUTE FUNCTION ${ended}()`);

  const deleted = await create(
    'deleted',
    `${insert} SELECT 'session', id, clock_timestamp(), 'infinity', clock_timestamp(), 0 FROM deleted
       WHERE revoked_at IS NULL AND absolute_expires_at > now() ${again}`,
  );
  await queryRunner.query(`
    CREATE TRIGGER "latchkey_deleted" AFTER DELETE ON ${sessions.path} REFERENCING OLD TABLE AS deleted
    FOR EACH STATEMENT EXECUTE FUNCTION ${deleted}()`);

  await watchTruncation(queryRunner, sessions, { create, insert });
}

/**
 * Ends what began before this second, and by name what was there of this second: its tokens are as old as those of a
 * login that follows. The names are noted before the rows are gone, and not as revocations, which the same statement
 * may truncate as well.
 */
async function watchTruncation(
  queryRunner: QueryRunner,
  sessions: MigratedTable,
  { create, insert }: { create: (name: string, body: string) => Promise<string>; insert: string },
): Promise<void> {
  const noted = 'latchkey.truncated';
  const truncating = await create(
    'truncating',
    `PERFORM set_config('${noted}', COALESCE((SELECT string_agg(id::text, ' ') FROM ${await sessions.located()}
       WHERE revoked_at IS NULL AND created_at > clock_timestamp() - interval '${RECENT}'), ''), true)`,
  );
  await queryRunner.query(`
    CREATE TRIGGER "latchkey_truncating" BEFORE TRUNCATE ON ${sessions.path}
    FOR EACH STATEMENT EXECUTE FUNCTION ${truncating}()`);
  const truncated = await create(
    'truncated',
    `${insert} SELECT kind, id, since, 'infinity', clock_timestamp(), 0 FROM (
       SELECT 'session' AS kind, id, clock_timestamp() AS since
         FROM unnest(string_to_array(current_setting('${noted}', true), ' ')) AS id
       UNION ALL SELECT 'all', '*', CASE
         -- An older snapshot does not show all the sessions of this second.
         WHEN current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN clock_timestamp()
         ELSE date_trunc('second', clock_timestamp()) - interval '1 ms' END
     ) AS ended
     ON CONFLICT (kind, id) DO UPDATE
       SET since = GREATEST(known.since, excluded.since), until = 'infinity', written_at = excluded.written_at`,
  );
  await queryRunner.query(`
    CREATE TRIGGER "latchkey_truncated" AFTER TRUNCATE ON ${sessions.path}
    FOR EACH STATEMENT EXECUTE FUNCTION ${truncated}()`);
}

function tablesOf(queryRunner: QueryRunner): { revocations: MigratedTable; sessions: MigratedTable } {
  return {
    revocations: new MigratedTable(queryRunner, 'revocations', 'LatchkeyRevocation'),
    sessions: new MigratedTable(queryRunner, 'refresh_tokens', 'LatchkeyRefreshToken'),
  };
}
