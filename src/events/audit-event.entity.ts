import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One event of the audit trail: written once, never changed. */
@Entity('auth_events')
@Index('auth_events_user_id_at_idx', ['userId', 'at'])
class LatchkeyAuditEvent {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'auth_events_pkey' })
  id: string;

  @Index('auth_events_at_idx')
  @Column({ name: 'at', type: 'timestamptz' })
  at: Date;

  @Column({ name: 'type', type: 'text' })
  type: string;

  /** Text rather than a foreign key: the trail outlives users and sessions. */
  @Column({ name: 'user_id', type: 'text', nullable: true })
  userId: string | null;

  @Column({ name: 'session_id', type: 'text', nullable: true })
  sessionId: string | null;

  @Column({ name: 'ip', type: 'text', nullable: true })
  ip: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent: string | null;

  @Column({ name: 'request_id', type: 'text', nullable: true })
  requestId: string | null;

  /** The remaining fields, depending on the type: `reason`, `limit`, `kid`, `rule`, a masked `email`. */
  @Column({ name: 'details', type: 'jsonb' })
  details: Record<string, unknown>;
}

// TypeORM finds entities by class name too, and a host may have its own `AuditEvent`.
export { LatchkeyAuditEvent as AuditEvent };
