import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One login, one session, one row: `id` is the `sid` of all its tokens. The row knows the refresh token that is
 * current and the one before it; a rotation moves both on in place. Columns a rotation writes carry no index, so that
 * PostgreSQL can update the row without touching one (HOT).
 */
@Entity('refresh_tokens')
export class RefreshToken {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'refresh_tokens_pkey' })
  id: string;

  /** Text, not a foreign key: a host's users may live elsewhere and have ids of another form. */
  @Index('refresh_tokens_user_id_idx')
  @Column({ name: 'user_id', type: 'text' })
  userId: string;

  @Column({ name: 'current_jti', type: 'uuid' })
  currentJti: string;

  /** The direct predecessor of the current token: presented within the leeway it is a retry, later it is reuse. */
  @Column({ name: 'previous_jti', type: 'uuid', nullable: true })
  previousJti: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** When the current token was issued, by the last rotation or the login: the leeway is counted from here. */
  @Column({ name: 'rotated_at', type: 'timestamptz' })
  rotatedAt: Date;

  /** The last refresh, or the login. Differs from the above only where rotation is off. */
  @Column({ name: 'last_used_at', type: 'timestamptz' })
  lastUsedAt: Date;

  /** The idle limit; moves on with each rotation. */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  /** The absolute limit; never moves. Until then the row is kept as evidence, even when revoked. */
  @Index('refresh_tokens_absolute_expires_at_idx')
  @Column({ name: 'absolute_expires_at', type: 'timestamptz' })
  absoluteExpiresAt: Date;

  @Index('refresh_tokens_revoked_at_idx', { where: 'revoked_at IS NOT NULL' })
  @Column({ name: 'revoked_at', type: 'timestamptz', nullable: true })
  revokedAt: Date | null;

  @Column({ name: 'revoked_reason', type: 'text', nullable: true })
  revokedReason: string | null;

  @Column({ name: 'ip', type: 'text', nullable: true })
  ip: string | null;

  @Column({ name: 'user_agent', type: 'text', nullable: true })
  userAgent: string | null;
}
