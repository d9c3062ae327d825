import type { AuthEvent, AuthEventOf, EventDetails, EventOrigin } from '../events/auth-event.js';
import type { AuthEvents } from '../events/auth-events.js';
import { deviceName } from '../events/device.js';
import { networkOf } from './network.js';
import { SlidingCounts } from './sliding-counts.js';

const WINDOW_MS = 10 * 60_000;
const FAILURES_ON_ACCOUNT = 10;
const ACCOUNTS_FROM_ADDRESS = 20;
/** Look-ups for new devices under way at a time; with more, a login is not looked into. */
const MAX_LOOKUPS = 50;

/** What the rules ask about the past. */
export interface LoginHistory {
  /** The user agents of a user's logins, but for that of the session `except`. */
  userAgentsOf(userId: string, except: string): Promise<(string | null)[]>;
}

/**
 * Notices what deserves somebody's attention and makes an `alert` event of it: a refresh token used twice, many failures
 * on one account or by one address against many accounts, a login from a device its user never used before. Counts in
 * memory, so each instance for itself.
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
        return this.countFailure(event);
      case 'logged-in':
        return this.lookAtDevice(event);
    }
  }

  private countFailure(event: AuthEventOf<'login-failed' | 'password-change-failed'>): void {
    if (!this.failures.reaches(event.account, event.id, event.at.getTime())) return;
    const { email } = event;
    this.alert(event, { rule: 'many-failures-on-account', email, count: FAILURES_ON_ACCOUNT });
  }

  private countAddress({ ip, account, at }: AuthEventOf<'login-failed'>): void {
    if (!ip || !this.accounts.reaches(networkOf(ip), account, at.getTime())) return;
    // It concerns the address; that one account happened to be the last is nothing to show its owner.
    this.alert({ ip }, { rule: 'many-accounts-from-address', count: ACCOUNTS_FROM_ADDRESS });
  }

  /** By browser and system. The first login of all is no alert: there is nothing to compare it with. */
  private async lookAtDevice(event: AuthEventOf<'logged-in'>): Promise<void> {
    const { userId, sessionId, userAgent } = event;
    if (!userId || !sessionId || this.lookups >= MAX_LOOKUPS) return;
    this.lookups += 1;
    try {
      const known = await this.history.userAgentsOf(userId, sessionId);
      const device = deviceName(userAgent ?? null);
      if (known.length === 0 || known.some((other) => deviceName(other) === device)) return;
      this.alert(event, { rule: 'new-device', email: event.email });
    } finally {
      this.lookups -= 1;
    }
  }

  private alert(
    { userId, sessionId, ip, userAgent, requestId }: EventOrigin,
    details: EventDetails['alert'],
  ): void {
    this.events.emit({ type: 'alert', ...details, userId, sessionId, ip, userAgent, requestId });
  }
}
