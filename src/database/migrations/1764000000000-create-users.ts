import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

/** A table with all of these is the one created here. */
const OWN_COLUMNS = ['id', 'email', 'password_hash', 'roles', 'permissions', 'disabled_at', 'updated_at'];

export class CreateUsers1764000000000 implements MigrationInterface {
  name = 'CreateUsers1764000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    // A table of the host: its user store is used instead of ours.
    if ((await table.columns()) !== null) return;
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "id" uuid NOT NULL,
        "email" character varying(254) NOT NULL,
        "name" character varying(200),
        "password_hash" text,
        "roles" text array NOT NULL DEFAULT '{}',
        "permissions" text array NOT NULL DEFAULT '{}',
        "disabled_at" TIMESTAMP WITH TIME ZONE,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "updated_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT ${await table.freeName('users_pkey')} PRIMARY KEY ("id"),
        CONSTRAINT ${await table.freeName('users_email_key')} UNIQUE ("email")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    const columns = await table.columns();
    // A table of the host was not created here.
    if (OWN_COLUMNS.every((name) => columns?.includes(name)))
      await queryRunner.query(`DROP TABLE ${table.path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'users', 'LatchkeyUser');
}
