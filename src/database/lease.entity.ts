import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The right to do something alone, until `expiresAt` on the database's clock. */
@Entity('auth_leases')
class LatchkeyLease {
  @PrimaryColumn({ name: 'name', type: 'text', primaryKeyConstraintName: 'auth_leases_pkey' })
  name: string;

  /** Random, one per acquisition: whoever knows it may extend and end the lease. */
  @Column({ name: 'holder', type: 'uuid' })
  holder: string;

  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;
}

// TypeORM finds entities by class name too, and a host may have its own `Lease`.
export { LatchkeyLease as StoredLease };
