import type { AuthEvent, AuthEventOf, EventDetails, EventOrigin } from '../events/auth-event.js';
import type { AuthEvents } from '../events/auth-events.js';
import { deviceName } from '../events/device.js';
import { networkOf } from './network.js';
import { SlidingCounts } from './sliding-counts.js';

const WINDOW_MS = 10 * 60_000;
const FAILURES_ON_ACCOUNT = 10;
const ACCOUNTS_FROM_ADDRESS = 20;
/** The maximum number of parallel lookups for new devices; beyond it, a login is not checked. */
const MAX_LOOKUPS = 50;

/** What the rules need to know about earlier logins. */
export interface LoginHistory {
  /** Returns the user agents of a user's logins, excluding the session `except`. */
  userAgentsOf(userId: string, except: string): Promise<(string | null)[]>;
}

/**
 * Emits an `alert` event for what deserves attention: a refresh token used twice, many failures on one account,
 * failures from one address on many accounts, a login from a device that is new for its user, or a password that is
 * off. Counts in memory, so each instance counts on its own.
 */
export class AlertRules {
  private readonly failures = new SlidingCounts(FAILURES_ON_ACCOUNT, WINDOW_MS);
  private readonly accounts = new SlidingCounts(ACCOUNTS_FROM_ADDRESS, WINDOW_MS);
  private lookups = 0;

  constructor(
    private readonly events: AuthEvents,
    private readonly history: LoginHistory,
  ) {
    events.subscribe((event) => this.look(event));
  }

  private look(event: AuthEvent): void | Promise<void> {
    switch (event.type) {
      case 'reused':
        return this.alert(event, { rule: 'refresh-token-reused' });
      case 'login-failed':
        this.countAddress(event);
        return this.countFailure(event);
      case 'password-change-failed':
      case 'step-up-failed':
        return this.countFailure(event);
      case 'password-off':
        return this.alert(event, { rule: 'password-off' });
      case 'logged-in':
        return this.lookAtDevice(event);
    }
  }

  private countFailure(
    event: AuthEventOf<'login-failed' | 'password-change-failed' | 'step-up-failed'>,
  ): void {
    if (!this.failures.reaches(event.account, event.id, event.at.getTime())) return;
    const { email } = event;
    this.alert(event, { rule: 'many-failures-on-account', email, count: FAILURES_ON_ACCOUNT });
  }

  private countAddress(event: AuthEventOf<'login-failed'>): void {
    const { ip, account, at, traceparent, tracestate } = event;
    if (!ip || !this.accounts.reaches(networkOf(ip), account, at.getTime())) return;
    // The alert is about the address: the owner of the account that happened to be tried last has no use for it.
    this.alert(
      { ip, traceparent, tracestate },
      { rule: 'many-accounts-from-address', count: ACCOUNTS_FROM_ADDRESS },
    );
  }

  /** Compares browser and operating system. A user's first login raises no alert, as there is nothing to compare. */
  private async lookAtDevice(event: AuthEventOf<'logged-in'>): Promise<void> {
    const { userId, sessionId, userAgent, email, knownDevice } = event;
    if (!userId || !sessionId || this.lookups >= MAX_LOOKUPS) return;
    this.lookups += 1;
    try {
      const known = await this.history.userAgentsOf(userId, sessionId);
      const device = deviceName(userAgent ?? null);
      if (known.length === 0 || known.some((other) => deviceName(other) === device)) return;
      this.alert(event, { rule: 'new-device', email, ...(knownDevice && { knownDevice }) });
    } finally {
      this.lookups -= 1;
    }
  }

  private alert(from: EventOrigin, details: EventDetails['alert']): void {
    const { userId, sessionId, ip, userAgent, requestId, traceparent, tracestate } = from;
    const trace = traceparent !== undefined && { traceparent, tracestate };
    this.events.emit({ type: 'alert', ...details, userId, sessionId, ip, userAgent, requestId, ...trace });
  }
}
