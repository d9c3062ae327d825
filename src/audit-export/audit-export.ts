import { setTimeout as sleep } from 'node:timers/promises';
import { ValidationFailedError } from '../errors/auth-errors.js';
import type { Lease, Leases } from '../database/leases.js';
import type { AuditStream } from './audit-stream.js';
import type { DeadLetter, DeadLetterQuery, DeadLetters } from './dead-letters.js';
import { parseCursor, type Place, printCursor } from './exported-event.js';
import { leaseOf } from './receiver-sender.js';
import type { AuditReceiverStatus, ReceiverStore } from './receiver.store.js';
import type { Renumbering } from './renumber.js';

/** Which events to consume, and what to do with them. */
export interface ConsumeOptions {
  /** The receiver whose cursor is used and moved. Without one, nothing is remembered. */
  receiver?: string;
  /**
   * Where to begin: events of this time and later. Default: now. A receiver begins at its cursor if it has one, and may
   * get a few older events if not.
   */
  since?: Date;
  /** Whether to wait for more events at the end, until `signal` is aborted. Default `false`. */
  follow?: boolean;
  signal?: AbortSignal;
  /** Receives events, each as a line of JSON, in order. The cursor moves when it resolves. */
  deliver(lines: readonly string[]): Promise<void>;
}

/** A page of events, each as a line of JSON. */
export interface AuditPage {
  lines: string[];
  /** What to pass as `after` to get the next page; also valid when there is no next page yet. */
  cursor: string;
}

const PAGE = 1_000;
const IDLE_MS = 1_000;
const RENEW_MS = 10_000;
/** A consumer that was killed a moment ago keeps its lease until it runs out. */
const LEASE = { lastsMs: 30_000, waitMs: 31_000 };
const NAME = /^[a-z0-9][a-z0-9_-]{0,62}$/i;

/** Whether a text may name a receiver. */
export const isReceiverName = (name: unknown): name is string => typeof name === 'string' && NAME.test(name);

/**
 * The audit trail for other systems: receivers and their dead letters, and reading it in order. After a backup was
 * restored on another server, whoever reads first puts the trail in order; a database role that may not do so gets an
 * `Error` that names the privilege.
 */
export class AuditExport {
  /** @internal */
  constructor(
    private readonly stream: AuditStream,
    private readonly store: ReceiverStore,
    private readonly letters: DeadLetters,
    private readonly leases: Leases,
    private readonly renumbering: Renumbering,
    /** The names of the receivers that are configured. */
    readonly configured: readonly string[],
  ) {}

  /**
   * Describes the receivers with these names, or all that have a cursor.
   * @throws UnavailableError when the database is unavailable
   */
  async receivers(names?: readonly string[]): Promise<AuditReceiverStatus[]> {
    await this.renumbering.ensure();
    return this.store.list(names);
  }

  /**
   * Sends events to a receiver again: those of a time and later. False if there is no such receiver.
   * @throws UnavailableError when the database is unavailable
   */
  async rewind(name: string, since: Date): Promise<boolean> {
    await this.renumbering.ensure();
    return this.store.move(name, await this.stream.before(since));
  }

  /**
   * Forgets a receiver, with its cursor and its dead letters. False if there is no such receiver.
   * @throws UnavailableError when the database is unavailable
   */
  remove(name: string): Promise<boolean> {
    return this.store.remove(name);
  }

  /**
   * Returns the oldest dead letters.
   * @throws UnavailableError when the database is unavailable
   */
  deadLetters(query: DeadLetterQuery = {}, limit = PAGE): Promise<DeadLetter[]> {
    return this.letters.list(query, limit);
  }

  /**
   * Asks the instances of the app to send dead letters again, which they do within seconds; returns how many.
   * @throws UnavailableError when the database is unavailable
   */
  retryDeadLetters(query: DeadLetterQuery): Promise<number> {
    return this.letters.request(query);
  }

  /**
   * Deletes dead letters; returns how many.
   * @throws UnavailableError when the database is unavailable
   */
  discardDeadLetters(query: DeadLetterQuery): Promise<number> {
    return this.letters.discard(query);
  }

  /**
   * Reads a page of events: after a cursor, or from a time on, or else from now on.
   * @throws ValidationFailedError for a cursor that this database has not issued, such as one from before a restore
   * @throws UnavailableError when the database is unavailable
   */
  async read({ after, since, limit }: { after?: string; since?: Date; limit: number }): Promise<AuditPage> {
    await this.renumbering.ensure();
    const place = after === undefined ? await this.beginning(since) : await this.placeOf(after);
    const events = await this.stream.read(place, limit, after === undefined ? since : undefined);
    return { lines: events.map(({ line }) => line), cursor: printCursor(events.at(-1) ?? place) };
  }

  /**
   * Passes events to a function, in order and at least once if there is a receiver; returns how many.
   * @throws UnavailableError when the database is unavailable
   * @throws Error when another process has the receiver, when a backup is restored meanwhile, and what `deliver` throws
   */
  async consume(options: ConsumeOptions): Promise<number> {
    const { receiver, since } = options;
    await this.renumbering.ensure();
    if (receiver === undefined) return this.consumeFrom(await this.beginning(since), options);
    const lease = await this.leases.acquire(leaseOf(receiver), LEASE);
    if (!lease) throw new Error(`The receiver ${receiver} is in use by another process.`);
    try {
      const known = await this.store.find(receiver);
      if (!known) await this.store.add(receiver, await this.beginning(since));
      return await this.consumeFrom((await this.store.find(receiver))!, options, lease);
    } finally {
      await lease.release();
    }
  }

  private async consumeFrom(begin: Place, options: ConsumeOptions, lease?: Lease): Promise<number> {
    const { receiver, since, follow = false, signal, deliver } = options;
    let [place, count, renewed] = [begin, 0, performance.now()];
    for (;;) {
      if (signal?.aborted) return count;
      if (lease && performance.now() - renewed > RENEW_MS) {
        renewed = performance.now();
        if (!(await lease.renew()))
          throw new Error(`Another process has taken over the receiver ${receiver}.`);
      }
      const events = await this.stream.read(place, PAGE, lease ? undefined : since);
      if (events.length > 0) {
        await deliver(events.map(({ line }) => line));
        const { xid, id } = events.at(-1)!;
        if (
          receiver !== undefined &&
          !(await this.store.delivered(receiver, place, { xid, id }, events.length))
        )
          throw new Error(`The cursor of ${receiver} was moved by somebody else.`);
        place = { xid, id };
        count += events.length;
      } else if (!follow) return count;
      else if (await this.renumbering.isNeeded(place))
        throw new Error('A backup was restored meanwhile: begin again.');
      else await sleep(IDLE_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private beginning(since: Date | undefined): Promise<Place> {
    return since ? this.stream.before(since) : this.stream.now();
  }

  private async placeOf(cursor: string): Promise<Place> {
    const place = parseCursor(cursor);
    if (place && (await this.stream.knows(place))) return place;
    const message = 'after is not a cursor of this database: begin again with since=<time>';
    throw new ValidationFailedError({ details: [{ field: 'after', message }] });
  }
}
