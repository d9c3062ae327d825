import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSigningKeys1764000000002 implements MigrationInterface {
  name = 'CreateSigningKeys1764000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "signing_keys" (
        "kid" text NOT NULL,
        "algorithm" text NOT NULL,
        "private_key" text NOT NULL,
        "active_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        "retired_at" TIMESTAMP WITH TIME ZONE,
        "remove_at" TIMESTAMP WITH TIME ZONE,
        CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "signing_keys"`);
  }
}
