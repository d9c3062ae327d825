import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateRevocations1764000000004 implements MigrationInterface {
  name = 'CreateRevocations1764000000004';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "revocations" (
        "kind" text NOT NULL,
        "id" text NOT NULL,
        "since" TIMESTAMP WITH TIME ZONE NOT NULL,
        "until" TIMESTAMP WITH TIME ZONE NOT NULL,
        "written_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT "revocations_pkey" PRIMARY KEY ("kind", "id")
      )`);
    await queryRunner.query(`CREATE INDEX "revocations_until_idx" ON "revocations" ("until")`);
    await queryRunner.query(`CREATE INDEX "revocations_written_at_idx" ON "revocations" ("written_at")`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "revocations"`);
  }
}
