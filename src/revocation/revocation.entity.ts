import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/**
 * A revocation, stored for all instances. A trigger adds one for each session that ends, also by hand. `infinity` as
 * `until` stands for "as long as an access token lives".
 */
@Entity('revocations')
@Index('revocations_written_xid_idx', ['writtenXid', 'kind', 'id'])
class LatchkeyRevocation {
  @PrimaryColumn({ name: 'kind', type: 'text', primaryKeyConstraintName: 'revocations_pkey' })
  kind: string;

  @PrimaryColumn({ name: 'id', type: 'text', primaryKeyConstraintName: 'revocations_pkey' })
  id: string;

  @Column({ name: 'since', type: 'timestamptz' })
  since: Date;

  @Index('revocations_until_idx')
  @Column({ name: 'until', type: 'timestamptz' })
  until: Date;

  /** When it was last written. Read by earlier versions only. */
  @Column({ name: 'written_at', type: 'timestamptz' })
  writtenAt: Date;

  /** The transaction that wrote it last, set by a trigger: the order in which instances read. */
  @Column({ name: 'written_xid', type: 'bigint' })
  writtenXid: string;
}

// TypeORM finds entities by class name too, and a host may have its own `Revocation`.
export { LatchkeyRevocation as StoredRevocation };
