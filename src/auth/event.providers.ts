import { Logger, type Provider } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import type { DataSource } from 'typeorm';
import { AlertRules } from '../alerts/alert-rules.js';
import { AlertWebhook } from '../alerts/alert-webhook.js';
import { AuditStore } from '../events/audit.store.js';
import { AuditTrail } from '../events/audit-trail.js';
import type { AuthEvent } from '../events/auth-event.js';
import { AuthEvents } from '../events/auth-events.js';
import { AuthDataSource } from './auth-data-source.js';
import { ResolvedAuthOptions } from './options/resolve-options.js';
import { provide } from './provide.js';

/** Passes events on to whoever wrote `@OnEvent('latchkey.…')`. */
const EventEmitterBridge = Symbol('EventEmitterBridge');
const AlertLog = Symbol('AlertLog');

const logger = new Logger('Events');
const warn = (message: string) => logger.warn(message);

/** Security events and what becomes of them: the audit trail, alerts, and the host's own listeners. */
export const eventProviders: Provider[] = [
  provide(
    AuditStore,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { audit }: ResolvedAuthOptions) => new AuditStore(source, audit.retention),
  ),
  provide(
    AuditTrail,
    [AuditStore, ResolvedAuthOptions],
    (store: AuditStore, { audit }: ResolvedAuthOptions) =>
      audit.enabled ? new AuditTrail(store, warn) : undefined,
  ),
  provide(
    AuthEvents,
    [ResolvedAuthOptions, AuditTrail],
    ({ clock }: ResolvedAuthOptions, trail: AuditTrail | undefined) => new AuthEvents(clock, warn, trail),
  ),
  provide(
    EventEmitterBridge,
    [AuthEvents, { token: EventEmitter2, optional: true }],
    (events: AuthEvents, emitter: EventEmitter2 | undefined) =>
      emitter && events.subscribe(async (event) => void (await emitter.emitAsync(nameOf(event), event))),
  ),
  provide(AlertLog, [AuthEvents], (events: AuthEvents) =>
    events.subscribe((event) => {
      if (event.type === 'alert') logger.warn({ msg: `Alert: ${event.rule}`, ...event });
    }),
  ),
  provide(
    AlertRules,
    [AuthEvents, AuditStore],
    (events: AuthEvents, store: AuditStore) => new AlertRules(events, store),
  ),
  provide(
    AlertWebhook,
    [AuthEvents, ResolvedAuthOptions],
    (events: AuthEvents, { alertWebhook }: ResolvedAuthOptions) =>
      alertWebhook && new AlertWebhook(events, alertWebhook, warn),
  ),
];

function nameOf({ type }: AuthEvent): string {
  return `latchkey.${type}`;
}
