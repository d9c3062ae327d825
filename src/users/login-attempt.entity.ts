import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** Failed attempts at a password since the last good one, for addresses with and without an account alike. */
@Entity('login_attempts')
export class LoginAttempt {
  /** SHA-256 of the canonical e-mail address, in hexadecimal. */
  @PrimaryColumn({ name: 'account', type: 'text', primaryKeyConstraintName: 'login_attempts_pkey' })
  account: string;

  /** Whose password was tried; null where nobody has the address. */
  @Column({ name: 'user_id', type: 'text', nullable: true })
  userId: string | null;

  /** Decides the delay. Starts over after a day without an attempt. */
  @Column({ name: 'failures', type: 'integer' })
  failures: number;

  /** Decides whether the password still opens anything. Starts over with another user, never with time. */
  @Column({ name: 'total', type: 'integer' })
  total: number;

  @Index('login_attempts_last_at_idx')
  @Column({ name: 'last_at', type: 'timestamptz' })
  lastAt: Date;

  /** When the next attempt may go on; null: at once. */
  @Column({ name: 'free_at', type: 'timestamptz', nullable: true })
  freeAt: Date | null;
}
