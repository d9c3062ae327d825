import { Column, CreateDateColumn, Entity, PrimaryColumn, Unique, UpdateDateColumn } from 'typeorm';

/** An account as Latchkey keeps it. A host with its own users table brings its own `UserStore` instead. */
@Entity('users')
@Unique('users_email_key', ['email'])
export class User {
  /** Made by the application: a default of the database's would need an extension. */
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'users_pkey' })
  id: string;

  /** In the form `canonicalEmail` gives it: the unique constraint compares bytes. */
  @Column({ name: 'email', type: 'varchar', length: 254 })
  email: string;

  @Column({ name: 'name', type: 'varchar', length: 200, nullable: true })
  name: string | null;

  /** Null: this account has no password and cannot log in with one. */
  @Column({ name: 'password_hash', type: 'text', nullable: true })
  passwordHash: string | null;

  @Column({ name: 'roles', type: 'text', array: true, default: () => "'{}'" })
  roles: string[];

  @Column({ name: 'permissions', type: 'text', array: true, default: () => "'{}'" })
  permissions: string[];

  /** Set: the account can neither log in nor refresh. */
  @Column({ name: 'disabled_at', type: 'timestamptz', nullable: true })
  disabledAt: Date | null;

  @CreateDateColumn({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;

  @UpdateDateColumn({ name: 'updated_at', type: 'timestamptz', default: () => 'now()' })
  updatedAt: Date;
}
