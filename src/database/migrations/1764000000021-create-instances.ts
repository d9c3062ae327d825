import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateInstances1764000000021 implements MigrationInterface {
  name = 'CreateInstances1764000000021';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "id" uuid NOT NULL,
        "name" text NOT NULL,
        "version" text NOT NULL,
        "started_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "seen_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "live_until" TIMESTAMP WITH TIME ZONE NOT NULL,
        "secrets" jsonb NOT NULL,
        CONSTRAINT ${await table.freeName('auth_instances_pkey')} PRIMARY KEY ("id")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_instances', 'LatchkeyInstance');
}
