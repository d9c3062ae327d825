import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateResourceClients1764000000003 implements MigrationInterface {
  name = 'CreateResourceClients1764000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "id" text NOT NULL,
        "secret_hash" text NOT NULL,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT ${await table.freeName('resource_clients_pkey')} PRIMARY KEY ("id")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'resource_clients', 'LatchkeyResourceClient');
}
