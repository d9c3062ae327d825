import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateSigningKeys1764000000002 implements MigrationInterface {
  name = 'CreateSigningKeys1764000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "kid" text NOT NULL,
        "algorithm" text NOT NULL,
        "private_key" text NOT NULL,
        "active_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "retired_at" TIMESTAMP WITH TIME ZONE,
        "remove_at" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT ${await table.freeName('signing_keys_pkey')} PRIMARY KEY ("kid")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'signing_keys', 'LatchkeySigningKey');
}
