import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A passkey: the public key of a credential with which the owner of an account signs in. */
@Entity('auth_passkeys')
class LatchkeyPasskey {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'auth_passkeys_pkey' })
  id: string;

  /** Text, not a foreign key: a host's users may be stored elsewhere and have ids of another form. */
  @Index('auth_passkeys_user_id_idx')
  @Column({ name: 'user_id', type: 'text' })
  userId: string;

  @Index('auth_passkeys_credential_id_key', { unique: true })
  @Column({ name: 'credential_id', type: 'bytea' })
  credentialId: Buffer;

  /** In COSE form. */
  @Column({ name: 'public_key', type: 'bytea' })
  publicKey: Buffer;

  /** An unsigned number of 32 bits. */
  @Column({ name: 'counter', type: 'bigint' })
  counter: string;

  @Column({ name: 'transports', type: 'text', array: true, default: () => "'{}'" })
  transports: string[];

  @Column({ name: 'backup_eligible', type: 'boolean' })
  backupEligible: boolean;

  @Column({ name: 'backed_up', type: 'boolean' })
  backedUp: boolean;

  @Column({ name: 'name', type: 'text' })
  name: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'last_used_at', type: 'timestamptz', nullable: true })
  lastUsedAt: Date | null;

  /** When the counter went back, which means that a copy of the passkey may exist. */
  @Column({ name: 'suspended_at', type: 'timestamptz', nullable: true })
  suspendedAt: Date | null;
}

// TypeORM finds entities by class name too, and a host may have its own `Passkey`.
export { LatchkeyPasskey as StoredPasskey };
