import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateResourceClients1764000000003 implements MigrationInterface {
  name = 'CreateResourceClients1764000000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE "resource_clients" (
        "id" text NOT NULL,
        "secret_hash" text NOT NULL,
        "created_at" TIMESTAMP WITH TIME ZONE NOT NULL,
        CONSTRAINT "resource_clients_pkey" PRIMARY KEY ("id")
      )`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "resource_clients"`);
  }
}
