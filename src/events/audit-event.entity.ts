import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** One event of the audit trail: written once, never changed. Only the count of repeats grows, within a minute. */
@Entity('auth_events')
@Index('auth_events_user_id_at_idx', ['userId', 'at'])
@Index('auth_events_written_xid_idx', ['writtenXid', 'id'])
@Index('auth_events_repeat_key_idx', ['repeatKey'], { unique: true, where: 'repeat_key IS NOT NULL' })
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

  /** The remaining fields, depending on the type: `reason`, `limit`, `kid`, `rule`, a masked `email`; and `traceparent`, if the request had one. */
  @Column({ name: 'details', type: 'jsonb' })
  details: Record<string, unknown>;

  /** How often this happened within a minute; the other columns describe the first time. */
  @Column({ name: 'count', type: 'integer', default: 1 })
  count: number;

  /** What repeats of this event have in common; null for an event that is always a row by itself. */
  @Column({ name: 'repeat_key', type: 'text', nullable: true })
  repeatKey: string | null;

  /**
   * The transaction that wrote the row, or that last raised its count: with the id, the order in which the trail is
   * exported. 0 for rows that are older than this column.
   */
  @Column({ name: 'written_xid', type: 'bigint', default: () => 'int8in(xid8out(pg_current_xact_id()))' })
  writtenXid: string;
}

// TypeORM finds entities by class name too, and a host may have its own `AuditEvent`.
export { LatchkeyAuditEvent as AuditEvent };
