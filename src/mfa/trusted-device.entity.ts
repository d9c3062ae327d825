import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A device on which a user logs in without a second factor. */
@Entity('auth_trusted_devices')
class LatchkeyTrustedDevice {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'auth_trusted_devices_pkey' })
  id: string;

  @Index('auth_trusted_devices_user_id_idx')
  @Column({ name: 'user_id', type: 'text' })
  userId: string;

  /** SHA-256 of the secret in the cookie of the device. */
  @Column({ name: 'secret', type: 'bytea' })
  secret: Buffer;

  /** The epoch of the account in which the device was trusted: in a later one, it is not. */
  @Column({ name: 'epoch', type: 'integer' })
  epoch: number;

  @Column({ name: 'ip', type: 'text', nullable: true })
  ip: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  @Column({ name: 'last_used_at', type: 'timestamptz' })
  lastUsedAt: Date;

  @Index('auth_trusted_devices_expires_at_idx')
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

// TypeORM finds entities by class name too, and a host may have its own `TrustedDevice`.
export { LatchkeyTrustedDevice as StoredTrustedDevice };
