import type { Provider } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import {
  AuditExport,
  AuditTrail,
  AuthEvents,
  Cleanup,
  KeyRing,
  KeyRotation,
  Mails,
  MailWorker,
  AuthInstances,
  PasswordHasher,
  RedisConnection,
  RevocationList,
  SessionShards,
  TokensService,
} from '../../index.js';
import { AlertWebhook } from '../../alerts/alert-webhook.js';
import { DatabaseNotifications } from '../../database/notifications.js';
import type { Configuration } from '../../settings/configuration.js';
import { gaugeReceivers } from './audit-gauges.js';
import { Readiness } from '../health/readiness.js';
import { countEvents } from './event-counters.js';
import { gaugeMaintenance } from './maintenance-gauges.js';
import { gaugeInstances } from './instance-gauges.js';
import { gaugeMails } from './mail-gauges.js';
import { LiveSessions } from './live-sessions.js';
import { MetricsAccess } from './metrics-access.js';
import { gaugeReadiness } from './readiness-gauge.js';
import { gaugeShards } from './shard-gauges.js';
import { gaugeState } from './state-gauges.js';
import { timeVerifications } from './verification-time.js';

const MaintenanceMetrics = Symbol('MaintenanceMetrics');
const MailMetrics = Symbol('MailMetrics');

/**
 * Each app has its own registry instead of the process-wide one, so that two apps in a process are counted separately.
 */
export function metricsProviders({ mode, metricsTokens }: Configuration): Provider[] {
  return [
    { provide: MetricsAccess, useValue: new MetricsAccess(metricsTokens ?? [], mode === 'development') },
    {
      provide: Registry,
      inject: [
        AuthEvents,
        TokensService,
        DataSource,
        PasswordHasher,
        RevocationList,
        AuditExport,
        Readiness,
        AuthInstances,
        { token: AuditTrail, optional: true },
        { token: RedisConnection, optional: true },
        { token: SessionShards, optional: true },
      ],
      useFactory: createRegistry,
    },
    {
      provide: MaintenanceMetrics,
      inject: [
        Registry,
        DatabaseNotifications,
        Cleanup,
        { token: KeyRing, optional: true },
        { token: KeyRotation, optional: true },
        { token: AlertWebhook, optional: true },
      ],
      useFactory: gaugeMaintenance,
    },
    {
      provide: MailMetrics,
      inject: [Registry, Mails, { token: MailWorker, optional: true }],
      useFactory: gaugeMails,
    },
  ];
}

function createRegistry(
  events: AuthEvents,
  tokens: TokensService,
  database: DataSource,
  hasher: PasswordHasher,
  revocations: RevocationList,
  audit: AuditExport,
  readiness: Readiness,
  instances: AuthInstances,
  trail: AuditTrail | undefined,
  redis: RedisConnection | undefined,
  shards: SessionShards | undefined,
): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  countEvents(registry, events);
  timeVerifications(registry, tokens);
  gaugeReadiness(registry, readiness);
  const sessions = new LiveSessions(database, () => shards?.sources ?? []);
  gaugeState(registry, { database, hasher, revocations, trail, redis, sessions });
  if (shards) gaugeShards(registry, shards);
  gaugeReceivers(registry, audit);
  gaugeInstances(registry, instances);
  return registry;
}
