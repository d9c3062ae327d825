import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateAuthMails1764000000027 implements MigrationInterface {
  name = 'CreateAuthMails1764000000027';

  async up(queryRunner: QueryRunner): Promise<void> {
    const table = tableOf(queryRunner);
    await table.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${table.path} (
        "id" uuid NOT NULL,
        "action_id" uuid,
        "user_id" text,
        "recipient" text NOT NULL,
        "template" text NOT NULL,
        "locale" text,
        "data" jsonb NOT NULL DEFAULT '{}',
        "attempts" integer NOT NULL DEFAULT 0,
        "next_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "leased_until" TIMESTAMP WITH TIME ZONE,
        "sent_at" TIMESTAMP WITH TIME ZONE,
        "failed_at" TIMESTAMP WITH TIME ZONE,
        "error" text,
        "dedupe_key" text,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT ${await table.freeName('auth_mails_pkey')} PRIMARY KEY ("id")
      )`);
    const index = async (name: string, rest: string, kind = 'INDEX') =>
      queryRunner.query(`CREATE ${kind} ${await table.freeName(name)} ON ${table.path} ${rest}`);
    await index('auth_mails_due_idx', '("next_at") WHERE "sent_at" IS NULL AND "failed_at" IS NULL');
    await index('auth_mails_failed_at_idx', '("failed_at") WHERE "failed_at" IS NOT NULL');
    await index('auth_mails_created_at_idx', '("created_at", "id")');
    await index('auth_mails_dedupe_key_key', '("dedupe_key")', 'UNIQUE INDEX');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE ${tableOf(queryRunner).path}`);
  }
}

function tableOf(queryRunner: QueryRunner): MigratedTable {
  return new MigratedTable(queryRunner, 'auth_mails', 'LatchkeyMail');
}
