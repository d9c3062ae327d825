import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CountAuthEvents1764000000010 implements MigrationInterface {
  name = 'CountAuthEvents1764000000010';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await queryRunner.query(`
      ALTER TABLE ${table.path}
        ADD "count" integer NOT NULL DEFAULT 1,
        ADD "repeat_key" text`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX ${await table.freeName('auth_events_repeat_key_idx')} ON ${table.path} ("repeat_key")
      WHERE repeat_key IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    // The index goes with its column.
    await queryRunner.query(
      `ALTER TABLE ${tableOf(queryRunner).path} DROP COLUMN "repeat_key", DROP COLUMN "count"`,
    );
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_events', 'LatchkeyAuditEvent');
}
