import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A resource server that may introspect tokens (RFC 7662) and revoke them (RFC 7009). */
@Entity('resource_clients')
class LatchkeyResourceClient {
  @PrimaryColumn({ name: 'id', type: 'text', primaryKeyConstraintName: 'resource_clients_pkey' })
  id: string;

  /** SHA-256 of a secret of 256 random bits: it cannot be guessed, so a slow hash is not needed. */
  @Column({ name: 'secret_hash', type: 'text' })
  secretHash: string;

  @Column({ name: 'created_at', type: 'timestamptz' })
  createdAt: Date;
}

// TypeORM finds entities by class name too, and a host may have its own `ResourceClient`.
export { LatchkeyResourceClient as ResourceClient };
