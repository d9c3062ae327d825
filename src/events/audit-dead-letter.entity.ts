import { Column, Entity, PrimaryColumn } from 'typeorm';

const KEY = 'auth_audit_dead_letters_pkey';

/** An event that a receiver has refused, or could not take for too long. */
@Entity('auth_audit_dead_letters')
class LatchkeyAuditDeadLetter {
  @PrimaryColumn({ name: 'receiver', type: 'text', primaryKeyConstraintName: KEY })
  receiver: string;

  @PrimaryColumn({ name: 'event_id', type: 'uuid', primaryKeyConstraintName: KEY })
  eventId: string;

  /** When the event happened. */
  @Column({ name: 'at', type: 'timestamptz' })
  at: Date;

  /** The line of JSON as it was sent: the row of the audit trail may be deleted earlier. */
  @Column({ name: 'event', type: 'text' })
  event: string;

  @Column({ name: 'reason', type: 'text' })
  reason: string;

  @Column({ name: 'attempts', type: 'integer', default: 1 })
  attempts: number;

  @Column({ name: 'failed_at', type: 'timestamptz', default: () => 'now()' })
  failedAt: Date;

  /** Set while an operator has asked to send it again. */
  @Column({ name: 'requested_at', type: 'timestamptz', nullable: true })
  requestedAt: Date | null;
}

// TypeORM finds entities by class name too, and a host may have its own `AuditDeadLetter`.
export { LatchkeyAuditDeadLetter as AuditDeadLetter };
