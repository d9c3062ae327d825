import { randomUUID } from 'node:crypto';
import { mailAddress } from './mail-address.js';
import { parsePlace, printPlace } from './mail-cursor.js';
import {
  type LeasedMail,
  type MailOutbox,
  type MailPage,
  type MailQuery,
  type MailStats,
  type NewMail,
  OUTBOX_TIMES,
  type OutboxMail,
} from './mail-outbox.js';

interface Row extends LeasedMail {
  /** A later mail has a greater number. */
  order: number;
  nextAt: number;
  leasedUntil: number;
  sentAt: number | null;
  failedAt: number | null;
  error: string | null;
  dedupeKey: string | undefined;
}

const isQueued = ({ sentAt, failedAt }: Row) => sentAt === null && failedAt === null;
const dateOf = (time: number | null) => (time === null ? null : new Date(time));

/** The outbox in memory, for tests and other stores without transactions: `transaction` is ignored. */
export class InMemoryMailOutbox implements MailOutbox {
  private readonly rows = new Map<string, Row>();
  private readonly listeners = new Set<() => void>();
  private count = 0;

  constructor(private readonly clock: () => number = Date.now) {}

  /** Calls a function after each mail that becomes due at once. */
  onNews(listener: () => void): void {
    this.listeners.add(listener);
  }

  async enqueue(mail: NewMail): Promise<string | null> {
    const { template, to, data = {}, actionId = null, userId = null, locale = null, dedupeKey } = mail;
    const recipient = mailAddress(to);
    if (dedupeKey !== undefined && this.find((row) => row.dedupeKey === dedupeKey).length > 0) return null;
    const id = randomUUID();
    const now = this.clock();
    // What is stored is a copy, and what JSON cannot hold is not stored.
    const stored = JSON.parse(JSON.stringify(data)) as Record<string, unknown>;
    const identity = {
      id,
      actionId,
      userId,
      recipient,
      template,
      locale,
      attempts: 0,
      createdAt: new Date(now),
    };
    const state = { nextAt: now, leasedUntil: 0, sentAt: null, failedAt: null, error: null };
    this.rows.set(id, { ...identity, ...state, data: stored, dedupeKey, order: this.count++ });
    this.tell();
    return id;
  }

  async lease(limit: number): Promise<LeasedMail[]> {
    const now = this.clock();
    const due = this.find((row) => isQueued(row) && row.nextAt <= now && row.leasedUntil <= now);
    const leased = due.sort((a, b) => a.nextAt - b.nextAt || a.order - b.order).slice(0, limit);
    for (const row of leased) {
      row.leasedUntil = now + OUTBOX_TIMES.lease * 1_000;
      row.attempts++;
    }
    return leased.map((row) => ({ ...identityOf(row), data: row.data }));
  }

  async sent(ids: readonly string[]): Promise<void> {
    for (const row of this.find(({ id, sentAt }) => ids.includes(id) && sentAt === null))
      Object.assign(row, { sentAt: this.clock(), failedAt: null, leasedUntil: 0, error: null, data: {} });
  }

  async retryLater(id: string, error: string, delayMs: number): Promise<void> {
    for (const row of this.find((each) => each.id === id && isQueued(each)))
      Object.assign(row, { error, leasedUntil: 0, nextAt: this.clock() + delayMs });
  }

  async failed(id: string, error: string): Promise<void> {
    for (const row of this.find((each) => each.id === id && isQueued(each)))
      Object.assign(row, { error, leasedUntil: 0, failedAt: this.clock() });
  }

  async release(ids: readonly string[]): Promise<void> {
    const leased = this.find((row) => ids.includes(row.id) && isQueued(row) && row.leasedUntil > 0);
    for (const row of leased) Object.assign(row, { leasedUntil: 0, attempts: row.attempts - 1 });
    if (leased.length > 0) this.tell();
  }

  async list({ state, limit = 50, cursor }: MailQuery = {}): Promise<MailPage> {
    const place = cursor === undefined ? undefined : parsePlace(cursor);
    const after = place && (this.rows.get(place.id)?.order ?? 0);
    const found = this.find(({ order }) => after === undefined || order < after)
      .sort((a, b) => b.order - a.order)
      .map(describe)
      .filter((mail) => state === undefined || mail.state === state);
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      items: found.slice(0, limit),
      nextCursor: last ? printPlace({ at: last.createdAt.toISOString(), id: last.id }) : null,
    };
  }

  async retry(ids?: readonly string[]): Promise<number> {
    const found = this.find((row) =>
      ids ? ids.includes(row.id) && row.sentAt === null : row.failedAt !== null,
    );
    for (const row of found) Object.assign(row, { failedAt: null, attempts: 0, nextAt: this.clock() });
    if (found.length > 0) this.tell();
    return found.length;
  }

  /** Returns what waits, and what was given up. */
  async stats(): Promise<MailStats> {
    const queued = this.find(isQueued);
    const oldest = Math.min(...queued.map(({ createdAt }) => createdAt.getTime()), this.clock());
    return {
      queued: queued.length,
      oldestSeconds: (this.clock() - oldest) / 1_000,
      failed: this.find(({ failedAt }) => failedAt !== null).length,
    };
  }

  async listOf(userId: string): Promise<OutboxMail[]> {
    return this.find((row) => row.userId === userId)
      .sort((a, b) => b.order - a.order)
      .map(describe);
  }

  async forget(userId: string): Promise<void> {
    for (const { id } of this.find((row) => row.userId === userId)) this.rows.delete(id);
  }

  async countExpired(): Promise<number> {
    return this.expired().length;
  }

  async deleteExpired(limit: number): Promise<number> {
    const expired = this.expired().slice(0, limit);
    for (const { id } of expired) this.rows.delete(id);
    return expired.length;
  }

  private expired(): Row[] {
    const age = ({ createdAt }: Row) => (this.clock() - createdAt.getTime()) / 1_000;
    return this.find(
      (row) =>
        (row.sentAt !== null && age(row) > OUTBOX_TIMES.keepSent) ||
        (row.failedAt !== null && age(row) > OUTBOX_TIMES.keepFailed),
    );
  }

  private find(fits: (row: Row) => boolean): Row[] {
    return [...this.rows.values()].filter(fits);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

function identityOf(row: Row): Omit<LeasedMail, 'data'> {
  const { id, actionId, userId, recipient, template, locale, attempts, createdAt } = row;
  return { id, actionId, userId, recipient, template, locale, attempts, createdAt };
}

function describe(row: Row): OutboxMail {
  const state = row.sentAt !== null ? 'sent' : row.failedAt !== null ? 'failed' : 'queued';
  return {
    ...identityOf(row),
    state,
    error: row.error,
    nextAt: new Date(row.nextAt),
    sentAt: dateOf(row.sentAt),
    failedAt: dateOf(row.failedAt),
  };
}
