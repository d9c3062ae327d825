import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A mail to be sent, or that was sent lately. Contains no secret: the worker makes the secret of a link when it sends the
 * mail, so that no table, log of changes or backup ever holds a link that works.
 */
@Entity('auth_mails')
@Index('auth_mails_due_idx', ['nextAt'], { where: '(sent_at IS NULL) AND (failed_at IS NULL)' })
@Index('auth_mails_failed_at_idx', ['failedAt'], { where: '(failed_at IS NOT NULL)' })
@Index('auth_mails_created_at_idx', ['createdAt', 'id'])
class LatchkeyMail {
  /** Also the beginning of the Message-ID. */
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'auth_mails_pkey' })
  id: string;

  /** What the link of the mail does. */
  @Column({ name: 'action_id', type: 'uuid', nullable: true })
  actionId: string | null;

  @Column({ name: 'user_id', type: 'text', nullable: true })
  userId: string | null;

  @Column({ name: 'recipient', type: 'text' })
  recipient: string;

  @Column({ name: 'template', type: 'text' })
  template: string;

  /** `null`: the default of the app when the mail is sent. */
  @Column({ name: 'locale', type: 'text', nullable: true })
  locale: string | null;

  /** What the template says. Emptied once the mail is sent. */
  @Column({ name: 'data', type: 'jsonb', default: {} })
  data: object;

  @Column({ name: 'attempts', type: 'integer', default: 0 })
  attempts: number;

  @Column({ name: 'next_at', type: 'timestamptz', default: () => 'now()' })
  nextAt: Date;

  /** Until then one instance has it. */
  @Column({ name: 'leased_until', type: 'timestamptz', nullable: true })
  leasedUntil: Date | null;

  /** Also set for a mail that has become pointless, because its link would do nothing. */
  @Column({ name: 'sent_at', type: 'timestamptz', nullable: true })
  sentAt: Date | null;

  @Column({ name: 'failed_at', type: 'timestamptz', nullable: true })
  failedAt: Date | null;

  /** Why the last attempt failed. */
  @Column({ name: 'error', type: 'text', nullable: true })
  error: string | null;

  /** Of two mails with the same key, the second is not written. */
  @Index('auth_mails_dedupe_key_key', { unique: true })
  @Column({ name: 'dedupe_key', type: 'text', nullable: true })
  dedupeKey: string | null;

  @Column({ name: 'created_at', type: 'timestamptz', default: () => 'now()' })
  createdAt: Date;
}

// TypeORM finds entities by class name too, and a host may have its own `Mail`.
export { LatchkeyMail as StoredMail };
