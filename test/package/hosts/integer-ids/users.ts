// What the app had before Latchkey: an entity called User, with integer ids, and others that refer to it.
import {
  Column,
  CreateDateColumn,
  Entity,
  ManyToOne,
  type MigrationInterface,
  PrimaryGeneratedColumn,
  type QueryRunner,
  type Relation,
} from 'typeorm';

@Entity('app_users')
export class User {
  @PrimaryGeneratedColumn() id: number;
  @Column({ type: 'text', unique: true }) login: string;
  @Column({ type: 'text', nullable: true }) pass: string | null;
  @Column({ type: 'text' }) company: string;
  @CreateDateColumn({ type: 'timestamptz' }) since: Date;
}

@Entity('invoices')
export class Invoice {
  @PrimaryGeneratedColumn() id: number;
  @ManyToOne('User') payer: Relation<User>;
}

export class CreateAppUsers1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner) {
    await runner.query(`CREATE TABLE app_users (id serial PRIMARY KEY, login text NOT NULL UNIQUE, pass text,
      company text NOT NULL, since timestamptz NOT NULL DEFAULT now())`);
    await runner.query(
      'CREATE TABLE invoices (id serial PRIMARY KEY, "payerId" integer REFERENCES app_users)',
    );
  }

  async down(runner: QueryRunner) {
    await runner.query('DROP TABLE invoices, app_users');
  }
}
