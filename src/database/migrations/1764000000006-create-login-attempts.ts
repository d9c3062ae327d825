import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateLoginAttempts1764000000006 implements MigrationInterface {
  name = 'CreateLoginAttempts1764000000006';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "account" text NOT NULL,
        "user_id" text,
        "failures" integer NOT NULL,
        "total" integer NOT NULL,
        "last_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "free_at" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT ${await table.freeName('login_attempts_pkey')} PRIMARY KEY ("account")
      )`);
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('login_attempts_last_at_idx')} ON ${table.path} ("last_at")`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'login_attempts', 'LatchkeyLoginAttempt');
}
