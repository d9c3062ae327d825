import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

/** When and how the user of a session has authenticated. `null` stands for a password at the start of the session. */
export class AddAuthenticationContext1764000000024 implements MigrationInterface {
  name = 'AddAuthenticationContext1764000000024';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE ${tableOf(queryRunner).path}
        ADD "auth_time" TIMESTAMP WITH TIME ZONE,
        ADD "amr" text array,
        ADD "acr" text`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE ${tableOf(queryRunner).path} DROP COLUMN "acr", DROP COLUMN "amr", DROP COLUMN "auth_time"`,
    );
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'refresh_tokens', 'LatchkeyRefreshToken');
}
