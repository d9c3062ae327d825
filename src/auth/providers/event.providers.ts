import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccountNotices } from '../../accounts/account-notices.js';
import { AccountWork } from '../../accounts/account-work.js';
import { AlertRules } from '../../alerts/alert-rules.js';
import { AlertWebhook } from '../../alerts/alert-webhook.js';
import { Clock } from '../../database/database-clock.js';
import { AuditStore } from '../../events/audit.store.js';
import { AuditTrail } from '../../events/audit-trail.js';
import { AuthEvents } from '../../events/auth-events.js';
import { traceIdsOf } from '../../tracing/trace-context.js';
import { UserStore } from '../../users/user-store.js';
import { AuthDataSource } from '../auth-data-source.js';
import { EventEmitterBridge } from '../event-emitter-bridge.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { provide } from './provide.js';

const AlertLog = Symbol('AlertLog');

const logger = new Logger('Events');
const warn = (message: string) => logger.warn(message);

/** Security events and their receivers: the audit trail, alerts, mails to owners, and the host's own listeners. */
export const eventProviders: Provider[] = [
  provide(
    AuditStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { audit }: ResolvedAuthOptions) => new AuditStore(source, audit.retention, warn),
  ),
  provide(
    AuditTrail,
    [AuditStore, ResolvedAuthOptions],
    (store: AuditStore, { audit }: ResolvedAuthOptions) =>
      audit.enabled ? new AuditTrail(store, warn) : undefined,
  ),
  provide(
    AuthEvents,
    [Clock, AuditTrail],
    (clock: Clock, trail: AuditTrail | undefined) => new AuthEvents(clock, warn, trail),
  ),
  EventEmitterBridge,
  provide(AlertLog, [AuthEvents], (events: AuthEvents) =>
    events.subscribe((event) => {
      if (event.type !== 'alert') return;
      const { traceparent, tracestate: _, ...fields } = event;
      logger.warn({ msg: `Alert: ${event.rule}`, ...fields, ...traceIdsOf({ traceparent }) });
    }),
  ),
  provide(
    AlertRules,
    [AuthEvents, AuditStore],
    (events: AuthEvents, store: AuditStore) => new AlertRules(events, store),
  ),
  provide(
    AccountNotices,
    [UserStore, AccountWork, AuthEvents],
    (...parts: [...ConstructorParameters<typeof AccountNotices>]) => parts[1] && new AccountNotices(...parts),
  ),
  provide(
    AlertWebhook,
    [AuthEvents, ResolvedAuthOptions],
    (events: AuthEvents, { alertWebhook }: ResolvedAuthOptions) =>
      alertWebhook && new AlertWebhook(events, alertWebhook, warn),
  ),
];
