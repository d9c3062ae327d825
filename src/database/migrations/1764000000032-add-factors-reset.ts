import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class AddFactorsReset1764000000032 implements MigrationInterface {
  name = 'AddFactorsReset1764000000032';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = accountsOf(queryRunner);
    await queryRunner.query(`
      ALTER TABLE ${table.path}
        ADD COLUMN "factors_reset_at" TIMESTAMP WITH TIME ZONE,
        ADD COLUMN "recovered_until" TIMESTAMP WITH TIME ZONE`);
    const due = await table.freeName('auth_accounts_factors_reset_at_idx');
    await queryRunner.query(
      `CREATE INDEX ${due} ON ${table.path} ("factors_reset_at") WHERE factors_reset_at IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE ${accountsOf(queryRunner).path} DROP COLUMN "factors_reset_at", DROP COLUMN "recovered_until"`,
    );
  }
}

function accountsOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_accounts', 'LatchkeyAccount');
}
