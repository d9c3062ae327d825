import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * One login, one session, one row: `id` is the `sid` of all its tokens. The row holds the ids of the current refresh
 * token and of its predecessor; a rotation updates both in place. The columns that a rotation writes have no index, so
 * that PostgreSQL can update the row without touching any index (HOT).
 */
@Entity('refresh_tokens')
class LatchkeyRefreshToken {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'refresh_tokens_pkey' })
  id: string;

  /** Text, not a foreign key: a host's users may be stored elsewhere and have ids of another form. */
  @Index('refresh_tokens_user_id_idx')
  @Column({ name: 'user_id', type: 'text' })
  userId: string;

  @Column({ name: 'current_jti', type: 'uuid' })
  currentJti: string;

  /** The direct predecessor of the current token: presenting it within the leeway is a retry, later it is reuse. */
  @Column({ name: 'previous_jti', type: 'uuid', nullable: true })
  previousJti: string | null;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;

  /** When the current token was issued, by the last rotation or by the login. The leeway starts here. */
  @Column({ name: 'rotated_at', type: 'timestamptz' })
  rotatedAt: Date;

  /** The last refresh, or the login. Differs from `rotatedAt` only when rotation is off. */
  @Column({ name: 'last_used_at', type: 'timestamptz' })
  lastUsedAt: Date;

  /** The idle limit; each rotation extends it. */
  @Column({ name: 'expires_at', type: 'timestamptz' })
  expiresAt: Date;

  /** The absolute limit; never changes. Until then the row is kept to detect reuse, even when revoked. */
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

  /** When the user last authenticated; `null`: when the session began. A rotation leaves this and the next two alone. */
  @Column({ name: 'auth_time', type: 'timestamptz', nullable: true })
  authTime: Date | null;

  /** The methods by their names of RFC 8176; `null`: `pwd`. */
  @Column({ name: 'amr', type: 'text', array: true, nullable: true })
  amr: string[] | null;

  /** See `ACR_LEVELS`; `null`: `pwd`. */
  @Column({ name: 'acr', type: 'text', nullable: true })
  acr: string | null;
}

// TypeORM finds entities by class name too, and a host may have its own `RefreshToken`.
export { LatchkeyRefreshToken as RefreshToken };
