import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A resource server that may introspect tokens (RFC 7662) and revoke them (RFC 7009). */
@Entity('resource_clients')
export class ResourceClient {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'resource_clients_pkey' })
  id: string;

  /** SHA-256 of a secret of 256 random bits: it cannot be guessed, so a slow hash is not needed. */
  @Column({ name: 'secret_hash', type: 'text' })
  secretHash: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}
