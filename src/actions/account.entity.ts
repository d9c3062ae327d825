import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** What Latchkey knows about an account beyond the user store. An account without a row has all the defaults. */
@Entity('auth_accounts')
class LatchkeyAccount {
  /** Text, not a foreign key: a host's users may be stored elsewhere and have ids of another form. */
  @PrimaryColumn({ name: 'user_id', type: 'text', primaryKeyConstraintName: 'auth_accounts_pkey' })
  userId: string;

  /** Rises with each change that makes pending actions of the account worthless. */
  @Column({ name: 'epoch', type: 'integer', default: 0 })
  epoch: number;

  /** The address whose owner has proven to read its mail. If the user has another one now, that one is unproven. */
  @Column({ name: 'proven_email', type: 'text', nullable: true })
  provenEmail: string | null;

  @Column({ name: 'proven_at', type: 'timestamptz', nullable: true })
  provenAt: Date | null;

  /** When the account will be deleted, because its owner has closed it. */
  @Index('auth_accounts_closing_at_idx', { where: 'closing_at IS NOT NULL' })
  @Column({ name: 'closing_at', type: 'timestamptz', nullable: true })
  closingAt: Date | null;

  /** When all second factors will be removed. */
  @Index('auth_accounts_factors_reset_at_idx', { where: 'factors_reset_at IS NOT NULL' })
  @Column({ name: 'factors_reset_at', type: 'timestamptz', nullable: true })
  factorsResetAt: Date | null;

  /** Until then, the account cannot be taken away from its owner. */
  @Column({ name: 'recovered_until', type: 'timestamptz', nullable: true })
  recoveredUntil: Date | null;

  @Column({ name: 'mfa_required', type: 'boolean', default: false })
  mfaRequired: boolean;

  /** Identifies the account to authenticators, which must not learn the user id (WebAuthn §14.6.1). */
  @Index('auth_accounts_webauthn_handle_key', { unique: true })
  @Column({ name: 'webauthn_handle', type: 'bytea', nullable: true })
  webauthnHandle: Buffer | null;
}

// TypeORM finds entities by class name too, and a host may have its own `Account`.
export { LatchkeyAccount as StoredAccount };
