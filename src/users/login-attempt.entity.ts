import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Failed attempts since the last success, for email addresses with and without an account, devices and sessions. */
@Entity('login_attempts')
class LatchkeyLoginAttempt {
  /** SHA-256 of the canonical email address, or of a counter's kind, user and device or session, in hexadecimal. */
  @PrimaryColumn({ name: 'account', type: 'text', primaryKeyConstraintName: 'login_attempts_pkey' })
  account: string;

  /** Whose failures these are: `strangers`, `device`, `session`, or those at second factors: `factors`. */
  @Column({ name: 'counter', type: 'text', default: 'strangers' })
  counter: string;

  /** The user whose password was tried; null when no account has the address. */
  @Index('login_attempts_user_id_idx')
  @Column({ name: 'user_id', type: 'text', nullable: true })
  userId: string | null;

  /** Determines the delay. Starts over after a day without an attempt. */
  @Column({ name: 'failures', type: 'integer' })
  failures: number;

  /** Determines whether the password still works. Starts over with another user, never with time. */
  @Column({ name: 'total', type: 'integer' })
  total: number;

  @Index('login_attempts_last_at_idx')
  @Column({ name: 'last_at', type: 'timestamptz' })
  lastAt: Date;

  /** When the next attempt is allowed; null means immediately. */
  @Column({ name: 'free_at', type: 'timestamptz', nullable: true })
  freeAt: Date | null;

  /** When the owner was last told. */
  @Column({ name: 'noticed_at', type: 'timestamptz', nullable: true })
  noticedAt: Date | null;

  /** When the cleanup last found that the user exists. */
  @Column({ name: 'checked_at', type: 'timestamptz', nullable: true })
  checkedAt: Date | null;
}

// TypeORM finds entities by class name too, and a host may have its own `LoginAttempt`.
export { LatchkeyLoginAttempt as LoginAttempt };
