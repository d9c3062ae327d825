import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Something that may be done once, by whoever presents a secret that was mailed, such as resetting a password. */
@Entity('auth_actions')
@Index('auth_actions_reserved_email_idx', ['email'], {
  where: `purpose = 'undo-email' AND consumed_at IS NULL`,
})
class LatchkeyAction {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'auth_actions_pkey' })
  id: string;

  @Column({ name: 'purpose', type: 'text' })
  purpose: string;

  @Index('auth_actions_user_id_idx', { where: 'user_id IS NOT NULL' })
  @Column({ name: 'user_id', type: 'text', nullable: true })
  userId: string | null;

  /** Canonical; the address that the action is about. */
  @Column({ name: 'email', type: 'text', nullable: true })
  email: string | null;

  /** The epoch of the account that the action belongs to; null if it outlives all of them. */
  @Column({ name: 'epoch', type: 'integer', nullable: true })
  epoch: number | null;

  /** SHA-256 of each secret that was mailed. The secrets themselves are not stored anywhere. */
  @Column({ name: 'secrets', type: 'bytea', array: true, default: () => "'{}'" })
  secrets: Buffer[];

  /** SHA-256 of the secret in the cookie of the browser where the action began. */
  @Column({ name: 'binding', type: 'bytea', nullable: true })
  binding: Buffer | null;

  /** Encrypted. */
  @Column({ name: 'payload', type: 'bytea', nullable: true })
  payload: Buffer | null;

  /** How often something besides the secret was guessed. */
  @Column({ name: 'attempts', type: 'integer', default: 0 })
  attempts: number;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Index('auth_actions_expires_at_idx')
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  @Column({ name: 'consumed_at', type: 'timestamptz', nullable: true })
  consumedAt: Date | null;
}

// TypeORM finds entities by class name too, and a host may have its own `Action`.
export { LatchkeyAction as StoredAction };
