import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

/**
 * Gives the audit trail an order that no commit overtakes: each row carries the id of the transaction that wrote it.
 * Rows that exist already come first. A default rather than a trigger, so that the role of the service may stay one that
 * only adds rows.
 */
export class OrderAuthEvents1764000000022 implements MigrationInterface {
  name = 'OrderAuthEvents1764000000022';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    // A constant first: a default that varies would rewrite the table. Functions instead of casts, which TypeORM does not
    // see when it compares the schema with the entity.
    await queryRunner.query(`ALTER TABLE ${table.path} ADD "written_xid" bigint NOT NULL DEFAULT 0`);
    await queryRunner.query(
      `ALTER TABLE ${table.path} ALTER "written_xid" SET DEFAULT int8in(xid8out(pg_current_xact_id()))`,
    );
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('auth_events_written_xid_idx')} ON ${table.path} ("written_xid", "id")`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // The index goes with its column.
    await queryRunner.query(`ALTER TABLE ${tableOf(queryRunner).path} DROP COLUMN "written_xid"`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_events', 'LatchkeyAuditEvent');
}
