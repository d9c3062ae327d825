import { setTimeout as sleep } from 'node:timers/promises';
import type { Lease, Leases } from '../database/leases.js';
import type { AuditStream } from './audit-stream.js';
import { fitting, MOST_EVENTS } from './batch.js';
import type { DeadLetters } from './dead-letters.js';
import type { Place, PlacedEvent } from './exported-event.js';
import type { Burial, ReceiverStore } from './receiver.store.js';
import type { Renumbering } from './renumber.js';
import { delayAfter, type Outcome } from './retry-policy.js';

/** What a sender works with, and its limits. Times are in milliseconds. */
export interface SenderParts {
  name: string;
  /** The names of all receivers that are configured. */
  configured: readonly string[];
  leases: Leases;
  stream: AuditStream;
  store: ReceiverStore;
  deadLetters: DeadLetters;
  renumbering: Renumbering;
  /** Never rejects. */
  post(lines: readonly string[]): Promise<Outcome>;
  warn(message: string): void;
  /** How long the first event in the line may fail before it becomes a dead letter. */
  giveUpAfterMs: number;
  /** Ends the work: the request that is under way is waited for. */
  stopped: AbortSignal;
}

/** A request takes 10 seconds at most, and the lease is renewed before one that could outlast it. */
const LEASE_MS = 30_000;
const RENEW_MS = 10_000;
/** How long to wait for new events, and for a lease that another instance has. */
const IDLE_MS = 1_000;
const CHECK_MS = 5_000;

/** The lease under which events are delivered to a receiver. */
export const leaseOf = (name: string) => `audit-receiver ${name}`;

/**
 * Sends the audit trail to one receiver: in order, each event at least once, on one instance at a time. A batch that
 * fails is halved until one event is left: that one waits, or becomes a dead letter, and the others go on.
 */
export class ReceiverSender {
  private place: Place = { xid: '0', id: '' };
  private failures = 0;
  private nextAt = 0;
  private size = MOST_EVENTS;
  /** Events refused since one was delivered: the cause is then hardly the event. */
  private refused = 0;
  private checkAt = 0;
  private reported = false;

  constructor(private readonly parts: SenderParts) {}

  /** Runs until it is stopped. Never rejects. */
  async run(): Promise<void> {
    const { stopped } = this.parts;
    while (!stopped.aborted) {
      try {
        await this.takeTurn();
        this.reported = false;
      } catch (error) {
        // Once for each outage: the database's own state is reported elsewhere.
        if (!this.reported) this.warn(`is not served: ${(error as Error).message}`);
        this.reported = true;
      }
      await this.pause(CHECK_MS);
    }
  }

  private async takeTurn(): Promise<void> {
    const { leases, name } = this.parts;
    const lease = await leases.acquire(leaseOf(name), { lastsMs: LEASE_MS, waitMs: 0 });
    if (!lease) return;
    try {
      await this.work(lease);
    } finally {
      await lease.release();
    }
  }

  private async work(lease: Lease): Promise<void> {
    await this.load();
    this.checkAt = 0;
    for (let renewed = performance.now(); !this.parts.stopped.aborted;) {
      if (performance.now() - renewed > RENEW_MS) {
        renewed = performance.now();
        if (!(await lease.renew())) return;
      }
      await this.pause(await this.step());
    }
  }

  /** Returns for how long there is nothing to do. */
  private async step(): Promise<number> {
    const busy = performance.now() >= this.checkAt ? await this.check() : undefined;
    if (busy !== undefined) return busy;
    const wait = this.nextAt - performance.now();
    if (wait > 0) return Math.min(wait, CHECK_MS);
    const batch = fitting(await this.parts.stream.read(this.place, this.size));
    if (batch.length === 0) return IDLE_MS;
    const outcome = await this.parts.post(batch.map(({ line }) => line));
    if (outcome.kind === 'delivered') await this.delivered(batch);
    else if (!this.parts.stopped.aborted) await this.notDelivered(batch, outcome);
    return 0;
  }

  private async notDelivered(
    batch: readonly PlacedEvent[],
    outcome: Exclude<Outcome, { kind: 'delivered' }>,
  ) {
    const { store, name, giveUpAfterMs } = this.parts;
    const { reason } = outcome;
    const [first] = batch as [PlacedEvent];
    const isAlone = batch.length === 1;
    if (!isAlone) this.size = Math.ceil(batch.length / 2);
    if (outcome.kind === 'refused') {
      if (!isAlone) return;
      const delayMs = this.refused === 0 ? 0 : delayAfter(this.refused);
      this.refused++;
      return this.bury(first, { reason, delayMs, attempts: 1 });
    }
    const delayMs = delayAfter(this.failures++, outcome.retryAfterMs);
    this.nextAt = performance.now() + delayMs;
    const failingMs = await store.failed(name, reason, delayMs);
    if (isAlone && failingMs > giveUpAfterMs) await this.bury(first, { reason, delayMs, attempts: 0 });
  }

  private async delivered(batch: readonly PlacedEvent[]): Promise<void> {
    const { xid, id } = batch.at(-1)!;
    const moved = await this.parts.store.delivered(this.parts.name, this.place, { xid, id }, batch.length);
    if (!moved) return this.load();
    this.place = { xid, id };
    this.failures = this.refused = 0;
    this.size = Math.min(2 * this.size, MOST_EVENTS);
  }

  private async bury(event: PlacedEvent, why: Burial): Promise<void> {
    const { store, name } = this.parts;
    if (!(await store.bury(name, this.place, event, why))) return this.load();
    this.warn(`did not take the event ${event.id}, which is a dead letter now: ${why.reason}`);
    this.place = { xid: event.xid, id: event.id };
    this.nextAt = performance.now() + why.delayMs;
  }

  /** What is looked at every few seconds. Returns how long to wait instead of going on; `undefined`: go on. */
  private async check(): Promise<number | undefined> {
    const { renumbering, deadLetters, name } = this.parts;
    if (await renumbering.isNeeded()) {
      if (!(await renumbering.run())) return IDLE_MS;
      this.warn('had a cursor of another server, so a backup was restored: some events will be sent again');
    }
    await this.load();
    const letter = await deadLetters.due(name);
    this.checkAt = performance.now() + (letter ? 0 : CHECK_MS);
    if (!letter) return undefined;
    await this.sendAgain(letter);
    return 0;
  }

  private async sendAgain({ eventId, event }: { eventId: string; event: string }): Promise<void> {
    const { deadLetters, name, stopped } = this.parts;
    const outcome = await this.parts.post([event]);
    if (outcome.kind === 'delivered') return deadLetters.settled(name, eventId);
    if (stopped.aborted) return;
    await deadLetters.failedAgain(name, eventId, outcome.reason);
    this.checkAt = performance.now() + IDLE_MS; // the others must not wait for all dead letters
  }

  /** Reads the cursor, which an operator may have moved. */
  private async load(): Promise<void> {
    const { store, stream, name } = this.parts;
    let found = await store.find(name);
    if (!found) {
      await store.add(name, await stream.now());
      await this.warnOfOthers();
      found = (await store.find(name))!;
    }
    this.place = { xid: found.xid, id: found.id };
    this.failures = found.failures;
    this.nextAt = performance.now() + found.waitMs;
  }

  /** A new name for an old receiver begins with the events of now, and leaves out what the old one has not got. */
  private async warnOfOthers(): Promise<void> {
    const others = await this.parts.store.without(this.parts.configured);
    const text = `is new and begins with the events of now; not configured, but with a cursor: ${others.join(', ')}`;
    if (others.length > 0) this.warn(text);
  }

  private async pause(ms: number): Promise<void> {
    if (ms > 0) await sleep(ms, undefined, { signal: this.parts.stopped, ref: false }).catch(() => undefined);
  }

  private warn(message: string): void {
    this.parts.warn(`The audit receiver ${this.parts.name} ${message}`);
  }
}
