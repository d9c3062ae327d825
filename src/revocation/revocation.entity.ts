import { Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** A revocation, stored for all instances. Ended sessions are known from their own rows as well. */
@Entity('revocations')
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

  /** When it was last written, on the database's clock: instances poll for new rows. */
  @Index('revocations_written_at_idx')
  @Column({ name: 'written_at', type: 'timestamptz' })
  writtenAt: Date;
}

// TypeORM finds entities by class name too, and a host may have its own `Revocation`.
export { LatchkeyRevocation as StoredRevocation };
