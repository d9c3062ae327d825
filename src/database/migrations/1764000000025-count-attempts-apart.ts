import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

/** Failed attempts by a known device or a session get counts of their own. Rows that exist already are of strangers. */
export class CountAttemptsApart1764000000025 implements MigrationInterface {
  name = 'CountAttemptsApart1764000000025';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await queryRunner.query(`
      ALTER TABLE ${table.path}
        ADD "counter" text NOT NULL DEFAULT 'strangers',
        ADD "noticed_at" TIMESTAMP WITH TIME ZONE,
        ADD "checked_at" TIMESTAMP WITH TIME ZONE`);
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('login_attempts_user_id_idx')} ON ${table.path} ("user_id")`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await queryRunner.query(`DROP INDEX ${await table.indexOn('user_id')}`);
    // Without the column, they would look like counts of strangers.
    await queryRunner.query(`DELETE FROM ${table.path} WHERE counter <> 'strangers'`);
    await queryRunner.query(
      `ALTER TABLE ${table.path} DROP COLUMN "checked_at", DROP COLUMN "noticed_at", DROP COLUMN "counter"`,
    );
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'login_attempts', 'LatchkeyLoginAttempt');
}
