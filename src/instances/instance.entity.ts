import { Column, Entity, PrimaryColumn } from 'typeorm';

/** A process, or one of its `AuthModule`s, that runs or has run. */
@Entity('auth_instances')
class LatchkeyInstance {
  @PrimaryColumn({ name: 'id', type: 'uuid', primaryKeyConstraintName: 'auth_instances_pkey' })
  id: string;

  /** The machine and the process, for people. */
  @Column({ name: 'name', type: 'text' })
  name: string;

  @Column({ name: 'version', type: 'text' })
  version: string;

  @Column({ name: 'started_at', type: 'timestamptz' })
  startedAt: Date;

  @Column({ name: 'seen_at', type: 'timestamptz' })
  seenAt: Date;

  /** When it counts as stopped unless it is seen before, on the database's clock. */
  @Column({ name: 'live_until', type: 'timestamptz' })
  liveUntil: Date;

  /** The ids of the secrets it knows: never a secret. */
  @Column({ name: 'secrets', type: 'jsonb' })
  secrets: object;
}

// TypeORM finds entities by class name too, and a host may have its own `Instance`.
export { LatchkeyInstance as StoredInstance };
