import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** An authenticator app, or the recovery codes of a user. */
@Entity('auth_factors')
@Index('auth_factors_recovery_codes_key', ['userId'], { unique: true, where: `kind = 'recovery-codes'` })
@Index('auth_factors_pending_idx', ['createdAt'], { where: 'confirmed_at IS NULL' })
class LatchkeyFactor {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'auth_factors_pkey' })
  id: string;

  /** Text, not a foreign key: a host's users may be stored elsewhere and have ids of another form. */
  @Index('auth_factors_user_id_idx')
  @Column({ name: 'user_id', type: 'text' })
  userId: string;

  /** `totp` or `recovery-codes`. */
  @Column({ name: 'kind', type: 'text' })
  kind: string;

  @Column({ name: 'name', type: 'text', nullable: true })
  name: string | null;

  /** Of an authenticator app: encrypted. */
  @Column({ name: 'secret', type: 'text', nullable: true })
  secret: string | null;

  /** The last time step of an authenticator app whose code was used: no code of it or an earlier one passes again. */
  @Column({ name: 'last_step', type: 'bigint', nullable: true })
  lastStep: string | null;

  /** SHA-256 of each recovery code that is left. */
  @Column({ name: 'codes', type: 'bytea', array: true, nullable: true })
  codes: Buffer[] | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** Null until the user has proven that the authenticator app works. */
  @Column({ name: 'confirmed_at', type: 'timestamptz', nullable: true })
  confirmedAt: Date | null;

  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null;
}

// TypeORM finds entities by class name too, and a host may have its own `Factor`.
export { LatchkeyFactor as StoredFactor };
