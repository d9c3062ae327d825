import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateLoginAttempts1764000000006 implements MigrationInterface {
  name = 'CreateLoginAttempts1764000000006';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "login_attempts" (
        "account" text NOT NULL,
        "user_id" text,
        "failures" integer NOT NULL,
        "total" integer NOT NULL,
        "last_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "free_at" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT "login_attempts_pkey" PRIMARY KEY ("account")
      )`);
    await queryRunner.query(`CREATE INDEX "login_attempts_last_at_idx" ON "login_attempts" ("last_at")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "login_attempts"`);
  }
}
