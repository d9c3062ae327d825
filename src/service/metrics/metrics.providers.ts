import type { Provider } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { AuditTrail, AuthEvents, PasswordHasher, RevocationList, TokensService } from '../../index.js';
import type { Configuration } from '../../settings/configuration.js';
import { countEvents } from './event-counters.js';
import { LiveSessions } from './live-sessions.js';
import { MetricsAccess } from './metrics-access.js';
import { gaugeState } from './state-gauges.js';
import { timeVerifications } from './verification-time.js';

/**
 * Each app has its own registry instead of the process-wide one, so that two apps in a process are counted separately.
 */
export function metricsProviders({ mode, metricsToken }: Configuration): Provider[] {
  return [
    { provide: MetricsAccess, useValue: new MetricsAccess(metricsToken, mode === 'development') },
    {
      provide: Registry,
      inject: [
        AuthEvents,
        TokensService,
        DataSource,
        PasswordHasher,
        RevocationList,
        { token: AuditTrail, optional: true },
      ],
      useFactory: createRegistry,
    },
  ];
}

function createRegistry(
  events: AuthEvents,
  tokens: TokensService,
  database: DataSource,
  hasher: PasswordHasher,
  revocations: RevocationList,
  trail: AuditTrail | undefined,
): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  countEvents(registry, events);
  timeVerifications(registry, tokens);
  gaugeState(registry, { database, hasher, revocations, trail, sessions: new LiveSessions(database) });
  return registry;
}
