import type { AuthEvent } from './auth-event.js';
import type { EventLog } from './auth-events.js';
import { Repeats } from './repeats.js';

export interface AuditTrailSettings {
  /** Milliseconds an event may wait for others to be written with. */
  flushEvery: number;
  /** As many are written at once. */
  batch: number;
  /** As many may wait while the database is away; then the oldest are dropped. */
  capacity: number;
  /** Milliseconds until the next try after one that failed. */
  retryAfter: number;
}

const DEFAULTS: AuditTrailSettings = { flushEvery: 200, batch: 500, capacity: 10_000, retryAfter: 1_000 };

/**
 * Writes events to the database in batches, behind the requests' backs. While it is away they wait in a bounded buffer,
 * and the oldest are dropped with a warning that counts them. What `write` takes does not wait: it is in the database
 * when that resolves, unless the database is away; then it is buffered like the rest.
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
  /** How many of those that wait are to be written without waiting for others. */
  private due = 0;

  constructor(
    private readonly store: { insert(events: readonly AuthEvent[]): Promise<void> },
    private readonly warn: (message: string) => void,
    settings: Partial<AuditTrailSettings> = {},
  ) {
    this.settings = { ...DEFAULTS, ...settings };
  }

  /** How many wait to be written. */
  get waiting(): number {
    return this.waitingEvents.length;
  }

  /** How many were lost since the process began. */
  get dropped(): number {
    return this.droppedEvents;
  }

  add(event: AuthEvent): void {
    if (this.repeats.has(event)) return;
    this.waitingEvents.push(event);
    this.dropSurplus();
    if (this.failing) return; // a retry is due anyway
    if (this.stopping || this.waiting >= this.settings.batch) void this.flush();
    else this.schedule(this.settings.flushEvery);
  }

  async write(event: AuthEvent): Promise<void> {
    try {
      await this.store.insert([event]);
    } catch {
      this.add(event);
    }
  }

  /** Writes all that wait. Never throws: what cannot be written now goes on waiting. */
  flush(): Promise<void> {
    this.due = this.waiting;
    if (this.due === 0) return this.flushing ?? Promise.resolve();
    return (this.flushing ??= this.writeDue());
  }

  /** Requests under way may still tell of something: from now on every event is written at once. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    await this.flush();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.flush();
  }

  /** What comes meanwhile waits for others again, unless it is made due: else every write would lead to the next small one. */
  private async writeDue(): Promise<void> {
    this.cancelTimer();
    while (this.due > 0 && this.waiting > 0) {
      const batch = this.waitingEvents.splice(0, this.settings.batch);
      this.due -= batch.length;
      try {
        await this.store.insert(batch);
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

  private failed(error: Error): void {
    if (!this.failing) this.warn(`Events of the audit trail have to wait: ${error.message}`);
    this.failing = true;
    this.dropSurplus();
    this.cancelTimer();
    if (!this.stopping) this.schedule(this.settings.retryAfter);
  }

  private recovered(): void {
    if (this.unreported > 0) this.warn(`${this.unreported} events of the audit trail were lost`);
    this.unreported = 0;
    this.failing = false;
  }

  private dropSurplus(): void {
    const surplus = this.waiting - this.settings.capacity;
    if (surplus <= 0) return;
    this.waitingEvents.splice(0, surplus);
    if (this.droppedEvents === 0)
      this.warn('The audit trail loses its oldest events: the database is too slow or away');
    this.droppedEvents += surplus;
    this.unreported += surplus;
  }

  private schedule(milliseconds: number): void {
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.flush();
    }, milliseconds).unref();
  }

  private cancelTimer(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }
}
