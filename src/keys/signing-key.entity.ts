import { Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * One key pair of the key ring. Its state is not stored but follows from these times and the database's clock: pending
 * until `activeAt`, active until `retiredAt`, retired until `removeAt`, then no longer used.
 */
@Entity('signing_keys')
class LatchkeySigningKey {
  @PrimaryColumn({ name: 'kid', type: 'text', primaryKeyConstraintName: 'signing_keys_pkey' })
  kid: string;

  @Column({ name: 'algorithm', type: 'text' })
  algorithm: string;

  /** PKCS#8 PEM, encrypted. */
  @Column({ name: 'private_key', type: 'text' })
  privateKey: string;

  @Column({ name: 'active_at', type: 'timestamptz' })
  activeAt: Date;

  @Column({ name: 'retired_at', type: 'timestamptz', nullable: true })
  retiredAt: Date | null;

  @Column({ name: 'remove_at', type: 'timestamptz', nullable: true })
  removeAt: Date | null;
}

// TypeORM finds entities by class name too, and a host may have its own `SigningKey`.
export { LatchkeySigningKey as StoredSigningKey };
