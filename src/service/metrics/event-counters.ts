import { Counter, type Registry } from 'prom-client';
import type { AuthEvent, AuthEventOf, AuthEvents, AuthEventType } from '../../index.js';

/**
 * The counters, each with its label. All label values exist from the start, so that the first occurrence is an increase
 * from 0.
 */
const COUNTERS = {
  logins: { help: 'Logins.', label: 'outcome', values: ['success', 'failed'] },
  registrations: { help: 'Accounts created.', label: undefined, values: [] },
  refreshes: {
    help: 'Refreshes.',
    label: 'outcome',
    values: ['rotated', 'replayed', 'reused', 'invalid', 'unknown', 'expired', 'revoked', 'user-disabled'],
  },
  revocations: {
    help: 'Sessions ended and individual tokens revoked; "all": sessions of all users ended together.',
    label: 'reason',
    values: [
      'logout',
      'logout-all',
      'reuse',
      'password-changed',
      'password-reset',
      'email-changed',
      'account-closing',
      'user-disabled',
      'ended',
      'too-many',
      'token',
      'all',
    ],
  },
  throttled: {
    help: 'Requests rejected by a rate limit.',
    label: 'limit',
    values: ['register', 'login', 'refresh', 'logout', 'password', 'mails', 'clients', 'account'],
  },
  password_changes: { help: 'Password changes.', label: 'outcome', values: ['success', 'failed', 'reset'] },
  account_flows: {
    help: 'What people did with their accounts by mail or on their own.',
    label: 'step',
    values: [
      'reset-requested',
      'email-verified',
      'email-change-requested',
      'email-changed',
      'email-change-undone',
      'name-changed',
      'closing',
      'restored',
      'closed',
      'exported',
    ],
  },
  password_attacks: {
    help: 'Accounts whose owner should know of the failures of strangers, and whose password these have turned off.',
    label: 'state',
    values: ['attacked', 'off'],
  },
  step_ups: { help: 'Authentications within a session.', label: 'outcome', values: ['success', 'failed'] },
  account_changes: {
    help: 'Accounts disabled, enabled, deleted, imported or given other roles through this process.',
    label: 'change',
    values: ['disabled', 'enabled', 'removed', 'access', 'imported'],
  },
  key_changes: {
    help: 'Changes to the key ring made by this process.',
    label: 'change',
    values: ['rotated', 'retired', 'removed'],
  },
  mails_failed: { help: 'Mails given up by this process.', label: undefined, values: [] },
  alerts: {
    help: 'Alerts.',
    label: 'rule',
    values: [
      'refresh-token-reused',
      'many-failures-on-account',
      'many-accounts-from-address',
      'new-device',
      'password-off',
    ],
  },
} as const;

type CounterName = keyof typeof COUNTERS;

/** The counter to increment, the value of its label, and by how much. A value that is not in the table is a compile error. */
type Counted = {
  [Name in CounterName]: readonly [Name, LabelValue<Name>?, number?];
}[CounterName];

/** The names of rate limits are open: they are strings in `AuthEvent`. */
type LabelValue<Name extends CounterName> = Name extends 'throttled'
  ? string
  : (typeof COUNTERS)[Name]['values'][number];

/** How each type of event is counted. A missing type is a compile error. */
const COUNTED: { [Type in AuthEventType]: (event: AuthEventOf<Type>) => Counted } = {
  registered: () => ['registrations'],
  'logged-in': () => ['logins', 'success'],
  'login-failed': () => ['logins', 'failed'],
  refreshed: () => ['refreshes', 'rotated'],
  replayed: () => ['refreshes', 'replayed'],
  reused: () => ['refreshes', 'reused'],
  'refresh-failed': ({ reason }) => ['refreshes', reason],
  'logged-out': () => ['revocations', 'logout'],
  'session-ended': ({ reason }) => ['revocations', reason],
  'all-sessions-ended': () => ['revocations', 'all'],
  'token-revoked': () => ['revocations', 'token'],
  throttled: ({ limit }) => ['throttled', limit],
  'password-changed': () => ['password_changes', 'success'],
  'password-change-failed': () => ['password_changes', 'failed'],
  'password-attacked': () => ['password_attacks', 'attacked'],
  'password-off': () => ['password_attacks', 'off'],
  'stepped-up': () => ['step_ups', 'success'],
  'step-up-failed': () => ['step_ups', 'failed'],
  'password-reset-requested': () => ['account_flows', 'reset-requested'],
  'password-reset': () => ['password_changes', 'reset'],
  'email-verified': () => ['account_flows', 'email-verified'],
  'email-change-requested': () => ['account_flows', 'email-change-requested'],
  'email-changed': () => ['account_flows', 'email-changed'],
  'email-change-undone': () => ['account_flows', 'email-change-undone'],
  'name-changed': () => ['account_flows', 'name-changed'],
  'account-closing': () => ['account_flows', 'closing'],
  'account-restored': () => ['account_flows', 'restored'],
  'account-closed': () => ['account_flows', 'closed'],
  exported: () => ['account_flows', 'exported'],
  alert: ({ rule }) => ['alerts', rule],
  'user-disabled': () => ['account_changes', 'disabled'],
  'user-enabled': () => ['account_changes', 'enabled'],
  'user-removed': () => ['account_changes', 'removed'],
  'access-changed': () => ['account_changes', 'access'],
  'users-imported': ({ imported }) => ['account_changes', 'imported', imported],
  'key-rotated': () => ['key_changes', 'rotated'],
  'key-retired': () => ['key_changes', 'retired'],
  'key-removed': () => ['key_changes', 'removed'],
  'mail-failed': () => ['mails_failed'],
};

/** Counts events. All label values come from fixed sets, so clients cannot create additional time series. */
export function countEvents(registry: Registry, events: AuthEvents): void {
  const counters = new Map(
    Object.entries(COUNTERS).map(([name, { help, label, values }]) => {
      const names = label === undefined ? [] : [label as string];
      const counter = new Counter({
        name: `latchkey_${name}_total`,
        help,
        labelNames: names,
        registers: [registry],
      });
      for (const value of values) counter.inc({ [label as string]: value }, 0);
      return [name as CounterName, counter];
    }),
  );
  events.subscribe((event) => {
    const [name, value, by] = countedAs(event) ?? [];
    if (!name) return;
    const { label } = COUNTERS[name];
    counters.get(name)!.inc(label && value !== undefined ? { [label]: value } : {}, by);
  });
}

/** TypeScript cannot infer that the function matches the type of the event. A host may emit event types of its own. */
function countedAs(event: AuthEvent): Counted | undefined {
  if (!Object.hasOwn(COUNTED, event.type)) return undefined;
  return (COUNTED[event.type] as (event: AuthEvent) => Counted)(event);
}
