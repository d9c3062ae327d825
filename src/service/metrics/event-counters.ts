import { Counter, type Registry } from 'prom-client';
import type { AuthEvent, AuthEventOf, AuthEvents, AuthEventType } from '../../index.js';
import { COUNTERS } from './counters.js';

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
  'mfa-failed': () => ['second_factors', 'failed'],
  'factor-added': () => ['second_factors', 'added'],
  'factor-removed': () => ['second_factors', 'removed'],
  'recovery-codes-renewed': () => ['second_factors', 'codes-renewed'],
  'recovery-code-used': () => ['second_factors', 'code-used'],
  'passkey-rejected': () => ['passkeys', 'rejected'],
  'passkey-suspended': () => ['passkeys', 'suspended'],
  'passkey-renamed': () => ['passkeys', 'renamed'],
  'device-trusted': () => ['second_factors', 'device-trusted'],
  'device-untrusted': () => ['second_factors', 'device-untrusted'],
  'factors-reset-requested': () => ['second_factors', 'reset-requested'],
  'factors-reset-canceled': () => ['second_factors', 'reset-canceled'],
  'factors-reset': () => ['second_factors', 'reset'],
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
