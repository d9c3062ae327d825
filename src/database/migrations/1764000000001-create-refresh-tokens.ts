import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateRefreshTokens1764000000001 implements MigrationInterface {
  name = 'CreateRefreshTokens1764000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    // Free space in each page lets a rotation store the new row version next to the old one without touching an index.
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "id" uuid NOT NULL,
        "user_id" text NOT NULL,
        "current_jti" uuid NOT NULL,
        "previous_jti" uuid,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "rotated_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "last_used_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "absolute_expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "revoked_at" TIMESTAMP WITH TIME ZONE,
        "revoked_reason" text,
        "ip" text,
        "user_agent" text,
        CONSTRAINT ${await table.freeName('refresh_tokens_pkey')} PRIMARY KEY ("id")
      ) WITH (fillfactor = 70)`);
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('refresh_tokens_user_id_idx')} ON ${table.path} ("user_id")`,
    );
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('refresh_tokens_absolute_expires_at_idx')} ON ${table.path} ("absolute_expires_at")`,
    );
    await queryRunner.query(
      `CREATE INDEX ${await table.freeName('refresh_tokens_revoked_at_idx')} ON ${table.path} ("revoked_at") WHERE revoked_at IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'refresh_tokens', 'LatchkeyRefreshToken');
}
