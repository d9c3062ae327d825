import type { EntityManager } from 'typeorm';
import type { MailData, MailTemplateName } from './mail-data.js';

/** A mail to be sent. */
export interface NewMail<Name extends MailTemplateName = MailTemplateName> {
  template: Name;
  /** One email address. */
  to: string;
  /** What the template says. No secret: it is stored. */
  data?: MailData[Name];
  /** The action that the link of the mail does. Its secret is made when the mail is sent. */
  actionId?: string;
  userId?: string;
  /** A language such as `de` or `pt-BR`. Default: that of the app. */
  locale?: string | undefined;
  /** While a mail with the same key is in the outbox, this one is not written: sent ones stay for a week. */
  dedupeKey?: string;
}

/** A mail that this process may send until its lease ends. */
export interface LeasedMail {
  id: string;
  actionId: string | null;
  userId: string | null;
  recipient: string;
  template: string;
  locale: string | null;
  data: Record<string, unknown>;
  /** How often it has been tried, including this time. */
  attempts: number;
  createdAt: Date;
}

/** A mail as operators see it. */
export interface OutboxMail extends Omit<LeasedMail, 'data'> {
  state: 'queued' | 'sent' | 'failed';
  nextAt: Date;
  sentAt: Date | null;
  failedAt: Date | null;
  error: string | null;
}

/** Which mails of the outbox. */
export interface MailQuery {
  /** Only those in this state. */
  state?: OutboxMail['state'];
  limit?: number;
  /** The `nextCursor` of the previous page. */
  cursor?: string;
}

/** Some mails of the outbox. */
export interface MailPage {
  /** The newest first. */
  items: OutboxMail[];
  nextCursor: string | null;
}

/** What waits in the outbox. */
export interface MailStats {
  queued: number;
  /** For how many seconds the oldest of them has waited. */
  oldestSeconds: number;
  /** Those that were given up, and are not deleted yet. */
  failed: number;
}

/** How long a lease lasts, how long mails are kept once they are sent, and after they were given up: in seconds. */
export const OUTBOX_TIMES = { lease: 90, keepSent: 7 * 86_400, keepFailed: 30 * 86_400 };

/**
 * The mails to be sent. One is written in the same transaction as what it tells, and sent at least once. A mail is leased
 * by one process at a time, and only ever ends as sent or failed: a process that dies loses its leases when they end.
 * Times are those of the store's clock. All methods throw `UnavailableError` when the store is unavailable.
 */
export interface MailOutbox {
  /**
   * Writes a mail and wakes the workers; returns its id, or `null` if there is one with the same `dedupeKey`.
   * @param transaction the one in which it is written; workers hear of the mail when it commits
   * @throws Error for a recipient that is not one plain email address
   */
  enqueue<Name extends MailTemplateName>(
    mail: NewMail<Name>,
    transaction?: EntityManager,
  ): Promise<string | null>;
  /** Leases up to `limit` mails that are due, the longest due first. Never one that another process has. */
  lease(limit: number): Promise<LeasedMail[]>;
  /** Marks mails as sent, whatever their state, and forgets their data. */
  sent(ids: readonly string[]): Promise<void>;
  /** Ends a lease: it is tried again after a time. Does nothing to a mail that is sent. */
  retryLater(id: string, reason: string, delayMs: number): Promise<void>;
  /** Ends a lease for good. Does nothing to a mail that is sent. */
  failed(id: string, reason: string): Promise<void>;
  /** Returns mails that were not tried: they are due again, with one attempt less. */
  release(ids: readonly string[]): Promise<void>;
  /** Lists mails, the newest first. @throws ValidationFailedError for a cursor that no page has returned */
  list(query?: MailQuery): Promise<MailPage>;
  /** Makes mails due now that wait or failed: those with these ids, or all that failed. Returns how many. */
  retry(ids?: readonly string[]): Promise<number>;
  /** Returns what waits, and what was given up. */
  stats(): Promise<MailStats>;
  /** Lists all mails to an account that are kept, the newest first. */
  listOf(userId: string): Promise<OutboxMail[]>;
  /** Deletes all mails to an account that is deleted, sent or not. */
  forget(userId: string): Promise<void>;
  /** How many mails `deleteExpired` would delete. */
  countExpired(): Promise<number>;
  /** Deletes up to `limit` mails that were sent a week ago, or given up a month ago; returns how many. */
  deleteExpired(limit: number): Promise<number>;
}
/** The injection token of the {@link MailOutbox}. */
export const MailOutbox = Symbol('MailOutbox');
