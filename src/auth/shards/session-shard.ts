import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { isReadOnly } from '../../database/read-only.js';
import { UnavailableError } from '../../errors/auth-errors.js';
import { isTransient } from '../../errors/database-errors.js';
import type { RevocationWatcher } from '../../revocation/revocation-list.js';
import { type OpenShard, openShard, type ShardSettings } from './open-shard.js';

const TRY_AGAIN_MS = 2_000;
/** Revocations are read every second. */
const ANSWERED_WITHIN_SECONDS = 3;
/** For how long no session begins in a shard that has not answered. */
const AVOIDED_MS = 5_000;

/** How often to look whether it has become read-only, such as a standby after a failover. */
const LOOK_MS = 2_000;
/** The start of the app does not wait longer for a shard that hangs, or that somebody else is migrating. */
const START_WITHIN_MS = 60_000;
/** The end of the app does not either. */
const STOP_WITHIN_MS = 1_000;
const LATE = Symbol('late');

/** A shard, from the start of the app on: whether it can be reached or not, everything else works. */
export class SessionShard {
  private open: OpenShard | undefined;
  private opening: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private avoidedSince = -Infinity;
  private stopped = false;
  private isReadOnly = false;
  /** Why it has not been reached, as last logged. */
  private trouble: string | undefined;
  private readonly watchers = new Map<RevocationWatcher, (() => void) | undefined>();

  constructor(
    readonly number: number,
    private readonly url: () => string,
    private readonly settings: ShardSettings,
    private readonly startWithinMs = START_WITHIN_MS,
  ) {}

  /** Undefined until it has been reached for the first time. */
  get reached(): OpenShard | undefined {
    return this.open;
  }

  /** @throws UnavailableError until it has been reached for the first time */
  get parts(): OpenShard {
    if (this.open) return this.open;
    throw new UnavailableError({
      cause: new Error(`Shard ${this.number} has not been reached yet: ${this.failure}`),
      retryAfter: 1,
    });
  }

  /** Whether its sessions can be used. */
  get isUp(): boolean {
    return this.answers && !this.isReadOnly;
  }

  get answers(): boolean {
    return this.open !== undefined && this.open.revocations.staleness < ANSWERED_WITHIN_SECONDS;
  }

  /** Why it has not been reached yet. */
  get failure(): string {
    return this.trouble ?? 'it is being opened';
  }

  get isAvoided(): boolean {
    return !this.isUp || performance.now() - this.avoidedSince < AVOIDED_MS;
  }

  /** Begins no sessions here for some seconds. */
  avoid(error: unknown): void {
    this.avoidedSince = performance.now();
    if (!(error instanceof UnavailableError))
      this.settings.log.warn(`No session can begin in shard ${this.number}: ${(error as Error).message}`);
  }

  /**
   * Tries to reach it once, for a minute at most, and goes on trying in the background.
   * @throws Error if the database answers, but cannot be used
   */
  async start(): Promise<void> {
    try {
      const opening = (this.opening = this.tryToOpen());
      if ((await Promise.race([opening, late(this.startWithinMs)])) !== LATE) return;
      opening.catch((error: Error) => this.tryAgain(error));
      this.report(`it has not been opened within ${this.startWithinMs / 1_000} s`);
    } catch (error) {
      if (!isAway(error)) throw error;
      this.tryAgain(error as Error);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.race([this.opening?.catch(() => undefined), late(STOP_WITHIN_MS)]);
    await this.open?.stop();
  }

  async close(): Promise<void> {
    if (this.open?.source.isInitialized) await this.open.source.destroy();
  }

  watch(watcher: RevocationWatcher): () => void {
    this.watchers.set(watcher, this.open?.revocations.watch(watcher));
    return () => {
      this.watchers.get(watcher)?.();
      this.watchers.delete(watcher);
    };
  }

  private async tryToOpen(): Promise<void> {
    const open = await openShard(this.number, this.url, this.settings);
    if (this.stopped) {
      await open.stop();
      return open.source.destroy();
    }
    this.open = open;
    for (const watcher of this.watchers.keys()) this.watchers.set(watcher, open.revocations.watch(watcher));
    if (this.trouble !== undefined) this.settings.log.log(`Shard ${this.number} has been reached.`);
    void this.look(open.source);
  }

  /** Its connections are cut if they lead to a server that has become read-only: new ones may reach its successor. */
  private async look(source: DataSource): Promise<void> {
    this.isReadOnly = await isReadOnly(source).catch(() => this.isReadOnly);
    if (!this.stopped) this.timer = setTimeout(() => void this.look(source), LOOK_MS).unref();
  }

  private tryAgain(error: Error): void {
    this.report(((error.cause as Error | undefined) ?? error).message);
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.opening = this.tryToOpen().catch((again: Error) => this.tryAgain(again));
    }, TRY_AGAIN_MS).unref();
  }

  /** Once, however often it is tried. */
  private report(trouble: string): void {
    if (trouble !== this.trouble)
      this.settings.log.warn(`Shard ${this.number} cannot be reached, so its sessions wait: ${trouble}`);
    this.trouble = trouble;
  }
}

function late(ms: number): Promise<typeof LATE> {
  return sleep(ms, LATE, { ref: false });
}

function isAway(error: unknown): boolean {
  return error instanceof UnavailableError || isTransient(error);
}
