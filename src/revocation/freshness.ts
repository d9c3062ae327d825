import { setTimeout as sleep } from 'node:timers/promises';
import { Moment } from '../database/moment.js';
import { UnavailableError } from '../errors/auth-errors.js';

/** How long a request waits for a read that decides about it. */
const PATIENCE_MS = 2_000;
const TICK_MS = 100;
/** After a try that failed or was given up, a request starts another only after this time. */
const PAUSE_MS = 5_000;
/** Connections of the pool may have died while the process was frozen; each try finds out about one of them. */
const RETRIES = 10;
const RETRY_MS = 20;

/**
 * How up to date a copy is that is renewed all the time, and what a request does when it is not: if the latest renewal
 * has failed, it is refused; if there was none, because the process was frozen, all requests wait for one.
 */
export class Freshness {
  private renewed: Moment | undefined;
  private tried: Moment | undefined;
  private failing = false;
  private reading: Promise<void> | undefined;
  private waiting: Promise<void> | undefined;

  /**
   * @param read brings the copy up to date
   * @param maxStaleness seconds for which the copy may be used without a successful read
   */
  constructor(
    private readonly read: () => Promise<void>,
    private readonly maxStaleness: number,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  /** Seconds since the copy was last known to be up to date. */
  get staleness(): number {
    return this.renewed ? this.renewed.age / 1000 : Infinity;
  }

  get isStale(): boolean {
    return this.staleness > this.maxStaleness;
  }

  /** Reports that the copy was complete at a moment, by default now. */
  confirm(moment = new Moment()): void {
    if (!this.renewed || moment.age <= this.renewed.age) this.renewed = moment;
    this.failing = false;
  }

  /** Reports that something else has tried to bring the copy up to date, and failed. */
  failed(): void {
    this.tried = new Moment();
    this.failing = true;
  }

  /** Reads, or joins a read that has just begun. Rejects when it fails. */
  renew(): Promise<void> {
    if (this.reading && this.tried!.age < this.patienceMs) return this.reading;
    this.tried = new Moment();
    const reading = this.readOnce()
      .catch((error) => {
        if (this.reading === reading) this.failing = true;
        throw error;
      })
      .finally(() => {
        if (this.reading === reading) this.reading = undefined;
      });
    this.reading = reading;
    return reading;
  }

  /**
   * For a request that needs what is stale: resolves once it has been read.
   * @throws UnavailableError when it cannot be read within `patienceMs`, or when the latest read has failed
   */
  look(): Promise<void> {
    if (this.failing && this.tried!.age < PAUSE_MS) return Promise.reject(unknownNow());
    return (this.waiting ??= this.readPatiently().finally(() => {
      this.waiting = undefined;
    }));
  }

  private async readPatiently(): Promise<void> {
    const enough = new AbortController();
    try {
      await Promise.race([this.readNow(), this.losePatience(enough.signal)]);
    } catch (cause) {
      throw unknownNow(cause);
    } finally {
      enough.abort();
    }
  }

  private async readNow(): Promise<void> {
    await this.renew();
    if (this.isStale) await this.renew(); // the first may have joined a read that began before a freeze
  }

  /** Counts only while the process runs: a timer that comes due in a freeze fires before what has arrived is read. */
  private async losePatience(signal: AbortSignal): Promise<void> {
    for (let left = this.patienceMs; left > 0; left -= TICK_MS) {
      await sleep(Math.min(TICK_MS, left), undefined, { signal, ref: false });
    }
    this.failing = true;
    throw new Error(`Nothing was read within ${this.patienceMs} ms.`);
  }

  /** Only what is stale is read again at once: otherwise, the next renewal does. */
  private async readOnce(retries = RETRIES): Promise<void> {
    const began = new Moment();
    try {
      await this.read();
    } catch (error) {
      if (retries === 0 || !this.isStale) throw error;
      await sleep(RETRY_MS);
      return this.readOnce(retries - 1);
    }
    this.confirm(began);
  }
}

function unknownNow(cause?: unknown): UnavailableError {
  const message = 'Cannot check right now whether the session has ended.';
  return new UnavailableError({ message, retryAfter: 1, cause });
}
