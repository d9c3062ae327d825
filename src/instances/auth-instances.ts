import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Moment } from '../database/moment.js';
import { UnavailableError } from '../errors/auth-errors.js';
import type { InstanceStore, Look, OwnInstance, SecretState, SeenInstance } from './instance.store.js';
import { findMisfits, liveAmong, troublesOf } from './misfits.js';
import type { SecretList } from './secret-list.js';
import { OWN_PROCESS } from './process-identity.js';
import { Reports } from './reports.js';
import { VERSION } from './version.js';

/** How often each instance gives a sign of life. */
const BEAT_MS = 5_000;
/** Older knowledge is renewed before something is made: well before the others consider this instance stopped. */
const FRESH_MS = 12_000;
/** Three decide each list: one to write, one to announce, one to confirm; it takes more while others start or stop. */
const MOST_BEATS = 50;
/** How long an instance that starts gives the others to go back to a secret it knows, or to turn out to have died. */
const PATIENCE_MS = 15_000;
const ASK_AGAIN_MS = 500;
const LEAST_LIFE_SECONDS = 30;
const LIFE_MARGIN_SECONDS = 10;

export interface InstanceSettings {
  /** How many seconds an instance without a database goes on answering requests. */
  maxStaleness: number;
  /** A process that only looks: it decides like an instance, but is not one. */
  observer: boolean;
  warn: (message: string) => void;
}

/**
 * The instances that share the tables. Each writes every five seconds which secrets it knows, as short ids, and makes
 * things only with the newest one that all others know. So a new secret, put first, is used when the last instance has
 * restarted.
 */
export class AuthInstances {
  private readonly id = randomUUID();
  private readonly name = `${hostname()}/${process.pid}`;
  private starting = true;
  private others: readonly SeenInstance[] = [];
  private told: Record<string, SecretState> = {};
  private latest: Moment | undefined;
  private started: Promise<void> | undefined;
  private asking: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private failure: Error | undefined;
  private readonly reports: Reports;
  private readonly livesFor: number;

  /** @internal */
  constructor(
    private readonly store: InstanceStore,
    /** @internal */
    readonly lists: readonly SecretList[],
    private readonly settings: InstanceSettings,
  ) {
    this.reports = new Reports(settings.warn);
    this.livesFor = Math.max(LEAST_LIFE_SECONDS, settings.maxStaleness + LIFE_MARGIN_SECONDS);
    for (const { choice } of lists) choice.fresh = () => this.fresh();
  }

  /** The number of running instances, as known a few seconds ago. */
  get count(): number {
    return this.others.length + Number(!this.settings.observer);
  }

  /** For each list of secrets, whether its newest one is not used yet because an instance does not know it. */
  get waiting(): Record<string, boolean> {
    const several = this.lists.filter(({ kind, choice }) => kind !== 'shards' || choice.ids.length > 1);
    return Object.fromEntries(several.map(({ kind, choice }) => [kind, choice.position > 0]));
  }

  /**
   * Registers this instance; if the database accepts no writes, as on a standby, later: before anything is made.
   * @throws Error if the others use a secret that this instance lacks although it knows an older one
   */
  async onModuleInit(): Promise<void> {
    await this.register().catch((error: unknown) => {
      if (!(error instanceof UnavailableError)) throw error;
      this.report(error);
    });
  }

  /** Once, however often it is called. */
  private register(): Promise<void> {
    this.started ??= this.start().catch((error: unknown) => {
      this.started = undefined;
      throw error;
    });
    return this.started;
  }

  /** After the last request: until then, the others must count this instance. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.asking;
    if (this.latest && !this.settings.observer) await this.store.end(this.id).catch(() => undefined);
  }

  /** Asks the database for the running instances and its time in milliseconds. Throws `UnavailableError`. */
  async look(): Promise<Look> {
    const look = await this.store.look();
    return { now: look.now, instances: liveAmong(look.instances) };
  }

  private async start(): Promise<void> {
    for (let beats = 0; beats < MOST_BEATS && !this.lists.every(({ isDecided }) => isDecided); beats++)
      await this.ask();
    if (this.settings.observer) this.starting = false;
    else await this.takeMyPlace();
  }

  private async takeMyPlace(): Promise<void> {
    await this.refuseMisfit();
    const { instances } = await this.store.look();
    for (const list of this.lists) list.inherit(instances.filter(({ id }) => id !== this.id));
    this.starting = false;
    this.timer = setInterval(() => void this.renew(), BEAT_MS).unref();
    await this.ask();
    this.report();
  }

  /**
   * Tries again if the latest sign of life is so old that the others will soon consider this instance stopped.
   * @throws Error why it could not be given
   */
  async proveSigns(): Promise<void> {
    const isDue = () => !this.stopped && (this.latest?.age ?? 0) > (this.livesFor * 1_000) / 2;
    if (this.settings.observer || !isDue()) return;
    await this.renew();
    if (this.failure && isDue()) throw this.failure;
  }

  /** A frozen process must not make anything before it has looked: the others may have gone on without it. */
  private fresh(): Promise<void> | undefined {
    if (this.starting) return this.register();
    return this.latest!.age < FRESH_MS ? undefined : this.renew();
  }

  /**
   * Gives a sign of life and decides again. Never rejects: while the list cannot be read, the last decision stands, because
   * without the database nothing is made.
   */
  renew(): Promise<void> {
    this.asking ??= this.ask()
      .then(() => this.report())
      .catch((error: Error) => this.report(error))
      .finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async ask(): Promise<void> {
    if (this.stopped) return;
    const moment = new Moment();
    const own = this.state();
    const look = this.settings.observer ? await this.store.look() : await this.store.beat(own);
    this.latest = moment;
    this.others = liveAmong(look.instances).filter(({ id }) => id !== this.id);
    for (const list of this.lists)
      if (this.settings.observer) list.follow(this.others);
      else list.decide(this.others, [this.told[list.kind], own.kinds[list.kind]], look.now);
    this.told = own.kinds;
  }

  /**
   * Nobody is signed out by an instance that does not start, but by one that refuses what the others make. Waits for
   * those that have only announced the newer secret, and for those that died before they could say goodbye.
   */
  private async refuseMisfit(): Promise<void> {
    const seen = new Map(this.others.map(({ id, seenAt }) => [id, seenAt.getTime()]));
    for (const began = new Moment(); began.age < PATIENCE_MS; await sleep(ASK_AGAIN_MS), await this.ask()) {
      const misfits = findMisfits(this.lists, this.others);
      if (misfits.length === 0) return;
      const refused = misfits.find(
        ({ other, message }) => message !== undefined && seen.get(other.id) !== other.seenAt.getTime(),
      );
      if (refused) {
        await this.store.end(this.id).catch(() => undefined);
        throw new Error(refused.message);
      }
    }
  }

  private state(): OwnInstance {
    const kinds = Object.fromEntries(this.lists.map(({ kind, state }) => [kind, state]));
    const { id, name, livesFor, starting } = this;
    return { id, name, version: VERSION, livesFor, starting, process: OWN_PROCESS, kinds };
  }

  private report(failure?: Error): void {
    this.failure = failure;
    const reason = (failure?.cause as Error | undefined)?.message ?? failure?.message;
    const failures = failure ? [`The list of instances could not be updated: ${reason}`] : [];
    this.reports.update([...failures, ...troublesOf(this.lists, this.others)]);
  }
}
