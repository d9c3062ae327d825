import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreatePasskeys1764000000031 implements MigrationInterface {
  name = 'CreatePasskeys1764000000031';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = passkeysOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "id" uuid NOT NULL,
        "user_id" text NOT NULL,
        "credential_id" bytea NOT NULL,
        "public_key" bytea NOT NULL,
        "counter" bigint NOT NULL,
        "transports" text array NOT NULL DEFAULT '{}',
        "backup_eligible" boolean NOT NULL,
        "backed_up" boolean NOT NULL,
        "name" text NOT NULL,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "last_used_at" TIMESTAMP WITH TIME ZONE,
        "suspended_at" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT ${await table.freeName('auth_passkeys_pkey')} PRIMARY KEY ("id")
      )`);
    const credential = await table.freeName('auth_passkeys_credential_id_key');
    await queryRunner.query(`CREATE UNIQUE INDEX ${credential} ON ${table.path} ("credential_id")`);
    const user = await table.freeName('auth_passkeys_user_id_idx');
    await queryRunner.query(`CREATE INDEX ${user} ON ${table.path} ("user_id")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${passkeysOf(queryRunner).path}`);
  }
}

function passkeysOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_passkeys', 'LatchkeyPasskey');
}
