import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far a receiver of the audit trail has got, and how it is doing. */
@Entity('auth_audit_receivers')
class LatchkeyAuditReceiver {
  @PrimaryColumn({ name: 'name', type: 'text', primaryKeyConstraintName: 'auth_audit_receivers_pkey' })
  name: string;

  /** The position: the last event that it has got, or that is a dead letter, in the order (`written_xid`, `id`). */
  @Column({ name: 'position_xid', type: 'bigint' })
  positionXid: string;

  @Column({ name: 'position_id', type: 'uuid' })
  positionId: string;

  /** Events delivered since the row exists. */
  @Column({ name: 'delivered', type: 'bigint', default: 0 })
  delivered: string;

  /** Attempts that failed. */
  @Column({ name: 'failed', type: 'bigint', default: 0 })
  failed: string;

  /** Events deleted at the hard limit of the retention before it got them. */
  @Column({ name: 'lost', type: 'bigint', default: 0 })
  lost: string;

  /** Attempts that failed since the last one that did not. */
  @Column({ name: 'failures', type: 'integer', default: 0 })
  failures: number;

  @Column({ name: 'failing_since', type: 'timestamptz', nullable: true })
  failingSince: Date | null;

  @Column({ name: 'next_attempt_at', type: 'timestamptz', nullable: true })
  nextAttemptAt: Date | null;

  @Column({ name: 'last_error', type: 'text', nullable: true })
  lastError: string | null;

  @Column({ name: 'delivered_at', type: 'timestamptz', nullable: true })
  deliveredAt: Date | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}

// TypeORM finds entities by class name too, and a host may have its own `AuditReceiver`.
export { LatchkeyAuditReceiver as AuditReceiver };
