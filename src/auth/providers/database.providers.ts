import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccountRecords } from '../../actions/account-records.js';
import { ClosedAccounts } from '../../accounts/closed-accounts.js';
import { Cleanup, type Expiring } from '../../cleanup/cleanup.js';
import { ResourceClients } from '../../clients/resource-clients.js';
import { Clock, DatabaseClock, ExpiryClock } from '../../database/database-clock.js';
import { Leases } from '../../database/leases.js';
import { DatabaseNotifications } from '../../database/notifications.js';
import { AuditStore } from '../../events/audit.store.js';
import { DueFactorResets } from '../../mfa/due-factor-resets.js';
import { FactorStore } from '../../mfa/factor-store.js';
import { TrustedDeviceStore } from '../../mfa/trusted-devices.js';
import type { PostgresMailOutbox } from '../../mail/postgres-mail-outbox.js';
import { MailOutbox } from '../../mail/mail-outbox.js';
import { PostgresInstanceStore } from '../../instances/instance.store.js';
import { RedisConnection } from '../../redis/redis-connection.js';
import { RevocationStore } from '../../revocation/revocation.store.js';
import { ExpiredSessions } from '../../sessions/expired-sessions.js';
import { REVOCATION_MARGIN_SECONDS } from '../../revocation/session-ender.js';
import { lookForOpenTelemetry } from '../../tracing/open-telemetry.js';
import { DEVICE_PROOF_TTL } from '../../tokens/device-proofs.js';
import { AttemptsOnFormerUsers, ExpiredAttempts } from '../../users/expired-attempts.js';
import { UserStore } from '../../users/user-store.js';
import { AuthDataSource } from '../auth-data-source.js';
import { SessionShards } from '../shards/session-shards.js';
import { provide } from './provide.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';

const Tracing = Symbol('Tracing');

/** Connections to PostgreSQL and Redis, and the cleanup of what is stored there. */
export const databaseProviders: Provider[] = [
  provide(Tracing, [], lookForOpenTelemetry),
  provide(RedisConnection, [ResolvedAuthOptions], async ({ redis }: ResolvedAuthOptions) => {
    const logger = new Logger('Redis');
    return redis && RedisConnection.open(redis, (line) => logger.warn(line));
  }),
  provide(
    DatabaseClock,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { clock }: ResolvedAuthOptions) => (clock ? undefined : new DatabaseClock(source)),
  ),
  provide(
    Clock,
    [DatabaseClock, ResolvedAuthOptions],
    (database: DatabaseClock | undefined, { clock }: ResolvedAuthOptions) => clock ?? database!.now,
  ),
  provide(
    ExpiryClock,
    [DatabaseClock, ResolvedAuthOptions],
    (database: DatabaseClock | undefined, { clock }: ResolvedAuthOptions) => clock ?? database!.latest,
  ),
  provide(DatabaseNotifications, [AuthDataSource], (source: DataSource) => new DatabaseNotifications(source)),
  provide(ResourceClients, [AuthDataSource], (source: DataSource) => new ResourceClients(source)),
  provide(
    RevocationStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { access }: ResolvedAuthOptions) =>
      new RevocationStore(source, access.policy.maxLifetime + REVOCATION_MARGIN_SECONDS),
  ),
  provide(
    Cleanup,
    [
      AuthDataSource,
      RevocationStore,
      UserStore,
      AuditStore,
      MailOutbox,
      AccountRecords,
      ClosedAccounts,
      DueFactorResets,
      FactorStore,
      TrustedDeviceStore,
      SessionShards,
      ResolvedAuthOptions,
    ],
    (
      source: DataSource,
      revocations: RevocationStore,
      users: UserStore,
      audit: AuditStore,
      mails: PostgresMailOutbox,
      records: AccountRecords,
      closed: ClosedAccounts | undefined,
      resets: DueFactorResets | undefined,
      factors: FactorStore,
      devices: TrustedDeviceStore,
      shards: SessionShards | undefined,
      options: ResolvedAuthOptions,
    ) => {
      const logger = new Logger('Cleanup');
      const leases = new Leases(source);
      const tables: Expiring[] = [
        new ExpiredSessions(source),
        revocations,
        new ExpiredAttempts(source, DEVICE_PROOF_TTL),
        leases,
        new PostgresInstanceStore(source),
        ...(shards?.expiring ?? []),
      ];
      if (options.audit.enabled) tables.push(audit);
      if (options.mail) tables.push(mails);
      if (options.accounts.enabled || options.mfa || options.passkeys) tables.push(records.actions);
      if (options.mfa) tables.push(factors, devices);
      if (resets) tables.push(resets);
      if (closed) tables.push(closed);
      tables.push(new AttemptsOnFormerUsers(source, users)); // last, as a host's store may fail
      return new Cleanup(leases, tables, options.cleanupEvery, (line) => logger.warn(line));
    },
  ),
];
