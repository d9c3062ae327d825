import type { MailOutbox, MailPage, MailQuery, MailStats } from './mail-outbox.js';

/** The mails of the outbox as operators see them. All methods throw `UnavailableError` when the database is unavailable. */
export class Mails {
  /** @internal */
  constructor(
    private readonly outbox: MailOutbox,
    /** Whether this app sends mails. */
    readonly enabled: boolean,
  ) {}

  /** Lists mails, the newest first. @throws ValidationFailedError for a cursor that no page has returned */
  list(query: MailQuery = {}): Promise<MailPage> {
    return this.outbox.list(query);
  }

  /** Lets the instances of the app try mails again now: those with these ids, or all that failed. Returns how many. */
  retry(ids?: readonly string[]): Promise<number> {
    return this.outbox.retry(ids);
  }

  /** Returns what waits, and what was given up. */
  stats(): Promise<MailStats> {
    return this.outbox.stats();
  }
}
