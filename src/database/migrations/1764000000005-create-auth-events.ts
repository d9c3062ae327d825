import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAuthEvents1764000000005 implements MigrationInterface {
  name = 'CreateAuthEvents1764000000005';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "auth_events" (
        "id" uuid NOT NULL,
        "at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "type" text NOT NULL,
        "user_id" text,
        "session_id" text,
        "ip" text,
        "user_agent" text,
        "request_id" text,
        "details" jsonb NOT NULL,
        CONSTRAINT "auth_events_pkey" PRIMARY KEY ("id")
      )`);
    await queryRunner.query(`CREATE INDEX "auth_events_at_idx" ON "auth_events" ("at")`);
    await queryRunner.query(`CREATE INDEX "auth_events_user_id_at_idx" ON "auth_events" ("user_id", "at")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "auth_events"`);
  }
}
