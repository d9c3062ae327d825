import { Counter, type Registry } from 'prom-client';
import type { AuthEvent, AuthEvents } from '../../index.js';

/** Each counter with its label, and the values that label has from the start, so that a first time is a rise from 0. */
const COUNTERS = {
  logins: { help: 'Logins.', label: 'outcome', values: ['success', 'failed'] },
  registrations: { help: 'Accounts created.', label: undefined, values: [] },
  refreshes: {
    help: 'Refreshes.',
    label: 'outcome',
    values: ['rotated', 'replayed', 'reused', 'invalid', 'unknown', 'expired', 'revoked', 'user-disabled'],
  },
  revocations: {
    help: 'Sessions ended and single tokens revoked.',
    label: 'reason',
    values: [
      'logout',
      'logout-all',
      'reuse',
      'password-changed',
      'user-disabled',
      'ended',
      'too-many',
      'token',
    ],
  },
  throttled: {
    help: 'Requests refused by a rate limit.',
    label: 'limit',
    values: ['register', 'login', 'refresh', 'logout', 'password', 'account'],
  },
  password_changes: { help: 'Password changes.', label: 'outcome', values: ['success', 'failed'] },
  alerts: {
    help: 'Alerts.',
    label: 'rule',
    values: ['refresh-token-reused', 'many-failures-on-account', 'many-accounts-from-address', 'new-device'],
  },
} as const;

type CounterName = keyof typeof COUNTERS;

/** Counts what happens. Labels come from fixed sets: nobody can add series from outside. */
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
    const [name, value] = countedAs(event) ?? [];
    if (!name) return;
    const { label } = COUNTERS[name];
    counters.get(name)!.inc(label && value !== undefined ? { [label]: value } : {});
  });
}

function countedAs(event: AuthEvent): [CounterName, string?] | undefined {
  switch (event.type) {
    case 'registered':
      return ['registrations'];
    case 'logged-in':
      return ['logins', 'success'];
    case 'login-failed':
      return ['logins', 'failed'];
    case 'refreshed':
      return ['refreshes', 'rotated'];
    case 'replayed':
    case 'reused':
      return ['refreshes', event.type];
    case 'refresh-failed':
      return ['refreshes', event.reason];
    case 'logged-out':
      return ['revocations', 'logout'];
    case 'session-ended':
      return ['revocations', event.reason];
    case 'token-revoked':
      return ['revocations', 'token'];
    case 'throttled':
      return ['throttled', event.limit];
    case 'password-changed':
      return ['password_changes', 'success'];
    case 'password-change-failed':
      return ['password_changes', 'failed'];
    case 'alert':
      return ['alerts', event.rule];
    default:
      return undefined;
  }
}
