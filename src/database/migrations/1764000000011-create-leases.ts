import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateLeases1764000000011 implements MigrationInterface {
  name = 'CreateLeases1764000000011';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "name" text NOT NULL,
        "holder" uuid NOT NULL,
        "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT ${await table.freeName('auth_leases_pkey')} PRIMARY KEY ("name")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_leases', 'LatchkeyLease');
}
