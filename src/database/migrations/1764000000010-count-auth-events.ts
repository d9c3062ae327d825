import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CountAuthEvents1764000000010 implements MigrationInterface {
  name = 'CountAuthEvents1764000000010';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE "auth_events"
        ADD "count" integer NOT NULL DEFAULT 1,
        ADD "repeat_key" text`);
    await queryRunner.query(`
      CREATE UNIQUE INDEX "auth_events_repeat_key_idx" ON "auth_events" ("repeat_key")
      WHERE repeat_key IS NOT NULL`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "auth_events_repeat_key_idx"`);
    await queryRunner.query(`ALTER TABLE "auth_events" DROP COLUMN "repeat_key", DROP COLUMN "count"`);
  }
}
