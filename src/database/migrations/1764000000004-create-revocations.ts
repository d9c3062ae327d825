import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateRevocations1764000000004 implements MigrationInterface {
  name = 'CreateRevocations1764000000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "kind" text NOT NULL,
        "id" text NOT NULL,
        "since" TIMESTAMP WITH TIME ZONE NOT NULL,
        "until" TIMESTAMP WITH TIME ZONE NOT NULL,
        "written_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT ${await table.freeName('revocations_pkey')} PRIMARY KEY ("kind", "id")
      )`);
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('revocations_until_idx')} ON ${table.path} ("until")`,
    );
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('revocations_written_at_idx')} ON ${table.path} ("written_at")`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'revocations', 'LatchkeyRevocation');
}
