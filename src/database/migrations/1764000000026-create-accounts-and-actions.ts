import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateAccountsAndActions1764000000026 implements MigrationInterface {
  name = 'CreateAccountsAndActions1764000000026';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createAccounts(queryRunner);
    await createActions(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${actionsOf(queryRunner).path}`);
    await queryRunner.query(`DROP TABLE ${accountsOf(queryRunner).path}`);
  }
}

async function createAccounts(queryRunner: QueryRunner): Promise<void> {
  const table = accountsOf(queryRunner);
  await table.assertNew();
  await queryRunner.query(`
    CREATE TABLE ${table.path} (
      "user_id" text NOT NULL,
      "epoch" integer NOT NULL DEFAULT 0,
      "proven_email" text,
      "proven_at" TIMESTAMP WITH TIME ZONE,
      "closing_at" TIMESTAMP WITH TIME ZONE,
      "mfa_required" boolean NOT NULL DEFAULT false,
      "webauthn_handle" bytea,
      CONSTRAINT ${await table.freeName('auth_accounts_pkey')} PRIMARY KEY ("user_id")
    )`);
  const closing = await table.freeName('auth_accounts_closing_at_idx');
  await queryRunner.query(
    `CREATE INDEX ${closing} ON ${table.path} ("closing_at") WHERE closing_at IS NOT NULL`,
  );
  const handle = await table.freeName('auth_accounts_webauthn_handle_key');
  await queryRunner.query(`CREATE UNIQUE INDEX ${handle} ON ${table.path} ("webauthn_handle")`);
}

async function createActions(queryRunner: QueryRunner): Promise<void> {
  const table = actionsOf(queryRunner);
  await table.assertNew();
  await queryRunner.query(`
    CREATE TABLE ${table.path} (
      "id" uuid NOT NULL,
      "purpose" text NOT NULL,
      "user_id" text,
      "email" text,
      "epoch" integer,
      "secrets" bytea array NOT NULL DEFAULT '{}',
      "binding" bytea,
      "payload" bytea,
      "attempts" integer NOT NULL DEFAULT 0,
      "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "consumed_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT ${await table.freeName('auth_actions_pkey')} PRIMARY KEY ("id")
    )`);
  const indexes = {
    auth_actions_user_id_idx: '("user_id") WHERE user_id IS NOT NULL',
    auth_actions_expires_at_idx: '("expires_at")',
    auth_actions_reserved_email_idx: `("email") WHERE purpose = 'undo-email' AND consumed_at IS NULL`,
  };
  for (const [name, columns] of Object.entries(indexes))
    await queryRunner.query(`CREATE INDEX ${await table.freeName(name)} ON ${table.path} ${columns}`);
}

function accountsOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_accounts', 'LatchkeyAccount');
}

function actionsOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_actions', 'LatchkeyAction');
}
