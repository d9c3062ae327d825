import { outsideTraces } from '../tracing/spans.js';
import type { KeptEvent } from './audit.store.js';
import type { AuthEvent } from './auth-event.js';
import type { EventLog } from './auth-events.js';
import { type Repeat, Repeats } from './repeats.js';

export interface AuditTrailSettings {
  /** The longest an event waits, in milliseconds, to be written in one batch with others. */
  flushEvery: number;
  /** The maximum number of events in one batch. */
  batch: number;
  /** The maximum number of events that wait while the database is unavailable; beyond it, the oldest are dropped. */
  capacity: number;
  /** Milliseconds to wait before retrying a failed write. */
  retryAfter: number;
}

const DEFAULTS: AuditTrailSettings = { flushEvery: 200, batch: 500, capacity: 10_000, retryAfter: 1_000 };

/** Where events are written. */
export interface EventTable {
  /** Writes all events or none. `repeatOf` returns how often an event has happened, if it is one that is folded. */
  insert(events: readonly AuthEvent[], repeatOf: (event: AuthEvent) => Repeat | undefined): Promise<void>;
  /** Returns the latest events of a user that have been written, newest first. */
  newestOf(userId: string, limit: number): Promise<KeptEvent[]>;
  /** Removes the personal data of a user from all events that have been written. */
  forget(userId: string): Promise<void>;
}

/**
 * Writes events to the database in batches, without delaying requests. While the database is unavailable, events wait
 * in a bounded buffer; when it is full, the oldest are dropped and counted in a warning. `write` does not batch: when
 * it resolves, the event is in the database, or in the buffer if the database is unavailable.
 */
export class AuditTrail implements EventLog {
  private readonly settings: AuditTrailSettings;
  private readonly repeats = new Repeats();
  private waitingEvents: AuthEvent[] = [];
  private droppedEvents = 0;
  private unreported = 0;
  private failing = false;
  private stopping = false;
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;
  /** How many of the waiting events are to be written without waiting for more. */
  private due = 0;

  /** @internal */
  constructor(
    private readonly store: EventTable,
    private readonly warn: (message: string) => void,
    settings: Partial<AuditTrailSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /** The number of events waiting to be written. */
  get waiting(): number {
    return this.waitingEvents.length;
  }

  /** The number of events dropped since the process started. */
  get dropped(): number {
    return this.droppedEvents;
  }

  add(event: AuthEvent): void {
    const stored = this.repeats.fold(event);
    if (!stored) return;
    this.waitingEvents.push(stored);
    this.dropSurplus();
    if (this.failing) return; // a retry is due anyway
    if (this.stopping || this.waiting >= this.settings.batch) void this.flush();
    else this.schedule(this.settings.flushEvery);
  }

  async write(event: AuthEvent): Promise<void> {
    try {
      await this.insert([event]);
    } catch {
      this.add(event);
    }
  }

  /** Writes all waiting events. Never throws: events that cannot be written now keep waiting. */
  flush(): Promise<void> {
    this.due = this.waiting;
    if (this.due === 0) return this.flushing ?? Promise.resolve();
    return (this.flushing ??= this.writeDue());
  }

  /**
   * Returns the latest events of a user, newest first, with those that wait to be written here.
   *
   * @throws UnavailableError when the database is unavailable
   */
  async newestOf(userId: string, limit: number): Promise<KeptEvent[]> {
    await this.flush();
    return this.store.newestOf(userId, limit);
  }

  /**
   * Removes the personal data of a user who has been deleted, also from events that wait to be written.
   *
   * @throws UnavailableError when the database is unavailable
   */
  async forget(userId: string): Promise<void> {
    await this.flush();
    await this.store.forget(userId);
  }

  /** Requests in flight may still emit events: from now on, each event is written immediately. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    await this.flush();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** Events added meanwhile wait for more unless flushed; otherwise each write would lead to another small one. */
  private async writeDue(): Promise<void> {
    this.cancelTimer();
    while (this.due > 0 && this.waiting > 0) {
      const batch = this.waitingEvents.splice(0, this.settings.batch);
      this.due -= batch.length;
      this.repeats.close(batch);
      try {
        await this.insert(batch);
        this.recovered();
      } catch (error) {
        this.waitingEvents = [...batch, ...this.waitingEvents];
        this.failed(error as Error);
        break;
      }
    }
    this.flushing = undefined;
    if (this.waiting > 0 && !this.failing) this.schedule(this.settings.flushEvery);
  }

  private insert(events: readonly AuthEvent[]): Promise<void> {
    return this.store.insert(events, (event) => this.repeats.of(event));
  }

  private failed(error: Error): void {
    if (!this.failing) this.warn(`Audit trail events cannot be written yet: ${error.message}`);
    this.failing = true;
    this.dropSurplus();
    this.cancelTimer();
    if (!this.stopping) this.schedule(this.settings.retryAfter);
  }

  private recovered(): void {
    if (this.unreported > 0) this.warn(`${this.unreported} audit trail events were lost`);
    this.unreported = 0;
    this.failing = false;
  }

  private dropSurplus(): void {
    const surplus = this.waiting - this.settings.capacity;
    if (surplus <= 0) return;
    this.repeats.close(this.waitingEvents.splice(0, surplus));
    if (this.droppedEvents === 0)
      this.warn('The audit trail is dropping its oldest events: the database is too slow or unavailable');
    this.droppedEvents += surplus;
    this.unreported += surplus;
  }

  private schedule(milliseconds: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void outsideTraces(() => this.flush()); // events of many requests
    }, milliseconds).unref();
  }

  private cancelTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
