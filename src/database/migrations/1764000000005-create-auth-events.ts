import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateAuthEvents1764000000005 implements MigrationInterface {
  name = 'CreateAuthEvents1764000000005';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "id" uuid NOT NULL,
        "at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "type" text NOT NULL,
        "user_id" text,
        "session_id" text,
        "ip" text,
        "user_agent" text,
        "request_id" text,
        "details" jsonb NOT NULL,
        CONSTRAINT ${await table.freeName('auth_events_pkey')} PRIMARY KEY ("id")
      )`);
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('auth_events_at_idx')} ON ${table.path} ("at")`,
    );
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('auth_events_user_id_at_idx')} ON ${table.path} ("user_id", "at")`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_events', 'LatchkeyAuditEvent');
}
