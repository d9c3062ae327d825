import type { MigrationInterface, QueryRunner } from 'typeorm';
import { MigratedTable } from '../migrated-table.js';

export class CreateAuditReceivers1764000000023 implements MigrationInterface {
  name = 'CreateAuditReceivers1764000000023';

  async up(queryRunner: QueryRunner): Promise<void> {
    const { receivers, letters } = tablesOf(queryRunner);
    await receivers.assertNew();
    await letters.assertNew();
    await queryRunner.query(`
      CREATE TABLE ${receivers.path} (
        "name" text NOT NULL,
        "position_xid" bigint NOT NULL,
        "position_id" uuid NOT NULL,
        "delivered" bigint NOT NULL DEFAULT 0,
        "failed" bigint NOT NULL DEFAULT 0,
        "lost" bigint NOT NULL DEFAULT 0,
        "failures" integer NOT NULL DEFAULT 0,
        "failing_since" TIMESTAMP WITH TIME ZONE,
        "next_attempt_at" TIMESTAMP WITH TIME ZONE,
        "last_error" text,
        "delivered_at" TIMESTAMP WITH TIME ZONE,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        CONSTRAINT ${await receivers.freeName('auth_audit_receivers_pkey')} PRIMARY KEY ("name")
      )`);
    await queryRunner.query(`
      CREATE TABLE ${letters.path} (
        "receiver" text NOT NULL,
        "event_id" uuid NOT NULL,
        "at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "event" text NOT NULL,
        "reason" text NOT NULL,
        "attempts" integer NOT NULL DEFAULT 1,
        "failed_at" TIMESTAMP WITH TIME ZONE NOT NULL DEFAULT now(),
        "requested_at" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT ${await letters.freeName('auth_audit_dead_letters_pkey')} PRIMARY KEY ("receiver", "event_id")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const { receivers, letters } = tablesOf(queryRunner);
    await queryRunner.query(`DROP TABLE ${letters.path}`);
    await queryRunner.query(`DROP TABLE ${receivers.path}`);
  }
}

function tablesOf(queryRunner: QueryRunner): Record<'receivers' | 'letters', MigratedTable> {
  return {
    receivers: new MigratedTable(queryRunner, 'auth_audit_receivers', 'LatchkeyAuditReceiver'),
    letters: new MigratedTable(queryRunner, 'auth_audit_dead_letters', 'LatchkeyAuditDeadLetter'),
  };
}
