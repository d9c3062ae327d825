import { UnavailableError } from '../../errors/auth-errors.js';
import { isTransient } from '../../errors/database-errors.js';
import type { RevocationWatcher } from '../../revocation/revocation-list.js';
import { type OpenShard, openShard, type ShardSettings } from './open-shard.js';

const TRY_AGAIN_MS = 2_000;
/** Revocations are read every second. */
const ANSWERED_WITHIN_SECONDS = 3;
/** For how long no session begins in a shard that has not answered. */
const AVOIDED_MS = 5_000;

/** A shard, from the start of the app on: whether it can be reached or not, everything else works. */
export class SessionShard {
  private open: OpenShard | undefined;
  private opening: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private avoidedSince = -Infinity;
  private stopped = false;
  /** Why it has not been reached, as last logged. */
  private trouble: string | undefined;
  private readonly watchers = new Map<RevocationWatcher, (() => void) | undefined>();

  constructor(
    readonly number: number,
    private readonly url: () => string,
    private readonly settings: ShardSettings,
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

  get isUp(): boolean {
    return this.open !== undefined && this.open.revocations.staleness < ANSWERED_WITHIN_SECONDS;
  }

  /** Why it has not been reached yet. */
  get failure(): string {
    return this.trouble ?? 'it is being opened';
  }

  get isAvoided(): boolean {
    return !this.isUp || performance.now() - this.avoidedSince < AVOIDED_MS;
  }

  avoid(): void {
    this.avoidedSince = performance.now();
  }

  /**
   * Tries to reach it once, and goes on trying in the background.
   * @throws Error if the database answers, but cannot be used
   */
  async start(): Promise<void> {
    try {
      await (this.opening = this.tryToOpen());
    } catch (error) {
      if (!isAway(error)) throw error;
      this.tryAgain(error as Error);
    }
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.opening?.catch(() => undefined);
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
  }

  private tryAgain(error: Error): void {
    const { message } = (error.cause as Error | undefined) ?? error;
    if (message !== this.trouble)
      this.settings.log.warn(`Shard ${this.number} cannot be reached, so its sessions wait: ${message}`);
    this.trouble = message;
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.opening = this.tryToOpen().catch((again: Error) => this.tryAgain(again));
    }, TRY_AGAIN_MS).unref();
  }
}

function isAway(error: unknown): boolean {
  return error instanceof UnavailableError || isTransient(error);
}
