import {
  accountKey,
  type AllowedAttempt,
  type Attempt,
  type Counter,
  type DelayPolicy,
  factorCounter,
  type FailureLimits,
  IDLE_SECONDS,
  type LoginAttempts,
  NOTICE_SECONDS,
  type SlowCounter,
} from './login-attempts.js';

/** Times are in milliseconds since the epoch. */
interface Row extends Counter {
  failures: number;
  total: number;
  lastAt: number;
  freeAt: number | null;
  noticedAt: number | null;
}

/**
 * Counts in this process's memory until the process ends, with the same guarantees as the real store. For tests,
 * including a host's. Every method is atomic because none awaits anything.
 */
export class InMemoryLoginAttempts implements LoginAttempts {
  private readonly rows = new Map<string, Row>();

  constructor(
    private readonly policy: DelayPolicy,
    private readonly clock: () => number = Date.now,
  ) {}

  async begin({ key, kind, userId }: Counter, limit = Infinity): Promise<Attempt> {
    const now = this.clock();
    const known = this.rows.get(key);
    const isSameUser = known?.userId === userId;
    if (known && isSameUser && known.total >= limit) return { outcome: 'spent' };
    if (known?.freeAt != null && known.freeAt > now)
      return { outcome: 'waiting', wait: Math.max(1, Math.ceil((known.freeAt - now) / 1_000)) };
    const goesOn = known && known.lastAt >= now - IDLE_SECONDS * 1_000;
    const failures = goesOn ? known.failures + 1 : 1;
    const total = known && isSameUser ? known.total + 1 : 1;
    const delay = this.delayAfter(failures);
    const freeAt = delay === null ? null : now + delay * 1_000;
    const noticedAt = known?.noticedAt ?? null;
    this.rows.set(key, { key, kind, userId, failures, total, lastAt: now, freeAt, noticedAt });
    return { outcome: 'allowed', key, failures, total };
  }

  async giveBack({ key, failures }: AllowedAttempt): Promise<void> {
    const row = this.rows.get(key);
    if (!row) return;
    if (row.failures === failures) row.freeAt = null;
    row.failures = Math.max(row.failures - 1, 0);
    row.total = Math.max(row.total - 1, 0);
  }

  async succeeded({ key }: AllowedAttempt): Promise<void> {
    this.rows.delete(key);
  }

  async reset(email: string, userId?: string): Promise<void> {
    const key = accountKey(email);
    const owner = userId ?? this.rows.get(key)?.userId ?? null;
    for (const row of this.rows.values())
      if (row.key === key || (owner !== null && row.userId === owner && row.kind !== 'factors'))
        this.rows.delete(row.key);
  }

  async resetFactors(userId: string): Promise<void> {
    this.rows.delete(factorCounter(userId).key);
  }

  async claimNotice(key: string): Promise<boolean> {
    const row = this.rows.get(key);
    const now = this.clock();
    if (!row || (row.noticedAt !== null && row.noticedAt > now - NOTICE_SECONDS * 1_000)) return false;
    row.noticedAt = now;
    return true;
  }

  async slowOf(userIds: readonly string[], limits: FailureLimits): Promise<SlowCounter[]> {
    return this.slow(limits).filter(({ userId }) => userIds.includes(userId));
  }

  async listSlow(limits: FailureLimits, count: number, after = ''): Promise<string[]> {
    const ids = new Set(this.slow(limits).map(({ userId }) => userId));
    return [...ids]
      .filter((id) => id > after)
      .toSorted()
      .slice(0, count);
  }

  private slow(limits: FailureLimits): SlowCounter[] {
    const now = this.clock();
    return [...this.rows.values()].flatMap(({ key, kind, userId, total, freeAt }) => {
      const limit = {
        strangers: limits.strangers,
        factors: Infinity,
        device: limits.own,
        session: limits.own,
      }[kind];
      const off = total >= limit;
      const until = freeAt !== null && freeAt > now ? new Date(freeAt) : null;
      return userId !== null && (off || until) ? [{ key, kind, userId, failures: total, until, off }] : [];
    });
  }

  /** Seconds; `null`: none. */
  private delayAfter(failures: number): number | null {
    const { freeFailures, maxDelay } = this.policy;
    return failures < freeFailures ? null : Math.min(2 ** Math.min(failures - freeFailures, 30), maxDelay);
  }
}
