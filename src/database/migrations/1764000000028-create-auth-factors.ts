import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateAuthFactors1764000000028 implements MigrationInterface {
  name = 'CreateAuthFactors1764000000028';

  async up(queryRunner: QueryRunner): Promise<void> {
    await createFactors(queryRunner);
    await createTrustedDevices(queryRunner);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${devicesOf(queryRunner).path}`);
    await queryRunner.query(`DROP TABLE ${factorsOf(queryRunner).path}`);
  }
}

async function createFactors(queryRunner: QueryRunner): Promise<void> {
  const table = factorsOf(queryRunner);
  await table.assertNew();
  await queryRunner.query(`
    CREATE TABLE ${table.path} (
      "id" uuid NOT NULL,
      "user_id" text NOT NULL,
      "kind" text NOT NULL,
      "name" text,
      "secret" text,
      "last_step" bigint,
      "codes" bytea array,
      "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "confirmed_at" TIMESTAMP WITH TIME ZONE,
      "last_used_at" TIMESTAMP WITH TIME ZONE,
      CONSTRAINT ${await table.freeName('auth_factors_pkey')} PRIMARY KEY ("id")
    )`);
  const indexes = {
    auth_factors_user_id_idx: '("user_id")',
    auth_factors_pending_idx: '("created_at") WHERE confirmed_at IS NULL',
  };
  for (const [name, columns] of Object.entries(indexes))
    await queryRunner.query(`CREATE INDEX ${await table.freeName(name)} ON ${table.path} ${columns}`);
  const codes = await table.freeName('auth_factors_recovery_codes_key');
  await queryRunner.query(
    `CREATE UNIQUE INDEX ${codes} ON ${table.path} ("user_id") WHERE kind = 'recovery-codes'`,
  );
}

async function createTrustedDevices(queryRunner: QueryRunner): Promise<void> {
  const table = devicesOf(queryRunner);
  await table.assertNew();
  await queryRunner.query(`
    CREATE TABLE ${table.path} (
      "id" uuid NOT NULL,
      "user_id" text NOT NULL,
      "secret" bytea NOT NULL,
      "epoch" integer NOT NULL,
      "ip" text,
      "user_agent" text,
      "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "last_used_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      "expires_at" TIMESTAMP WITH TIME ZONE NOT NULL,
      CONSTRAINT ${await table.freeName('auth_trusted_devices_pkey')} PRIMARY KEY ("id")
    )`);
  const indexes = {
    auth_trusted_devices_user_id_idx: '("user_id")',
    auth_trusted_devices_expires_at_idx: '("expires_at")',
  };
  for (const [name, columns] of Object.entries(indexes))
    await queryRunner.query(`CREATE INDEX ${await table.freeName(name)} ON ${table.path} ${columns}`);
}

function factorsOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_factors', 'LatchkeyFactor');
}

function devicesOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_trusted_devices', 'LatchkeyTrustedDevice');
}
