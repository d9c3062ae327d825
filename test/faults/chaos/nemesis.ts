import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../support/random.js';
import type { Cluster } from './cluster.js';
import type { Fault } from './fault.js';
import { INSTANCE_FAULTS } from './instance-faults.js';
import type { Strike } from './operation.js';
import { SHARED_FAULTS } from './shared-faults.js';

/** How long everything may take to work again. Five seconds are promised, on a machine that has nothing else to do. */
const RECOVERY_MS = 30_000;
const POLL_MS = 100;

/** Breaks the cluster: one fault of each list at a time, chosen by a seed, and pauses of random length between them. */
export class Nemesis {
  readonly strikes: Strike[] = [];
  readonly complaints: string[] = [];
  longestRecovery = 0;
  private readonly lanes: Promise<void>[];
  /** Those whose cause is still there. */
  private readonly active = new Set<Strike>();
  private readonly ending = new AbortController();

  constructor(
    private readonly cluster: Cluster,
    seed: number,
    private readonly tell: (line: string) => void,
  ) {
    this.lanes = [INSTANCE_FAULTS, SHARED_FAULTS].map((faults, n) => this.lane(faults, new Random(seed + n)));
  }

  /** What is being done to the cluster. */
  get current(): string[] {
    return this.strikes.filter(({ to }) => to === undefined).map(({ name }) => name);
  }

  /** Begins no more faults, and resolves when the last ones are over and everything works again. */
  async end(): Promise<void> {
    this.ending.abort();
    await Promise.all(this.lanes);
  }

  private async lane(faults: Fault[], random: Random): Promise<void> {
    const byName = new Map(faults.map((fault) => [fault.name, fault]));
    const weights = Object.fromEntries(faults.map(({ name, weight }) => [name, weight]));
    while (!this.ending.signal.aborted) {
      await this.pause(random.whole(500, 6_000));
      if (this.ending.signal.aborted) return;
      await this.strike(byName.get(random.weighted(weights))!, random);
    }
  }

  private async strike(fault: Fault, random: Random): Promise<void> {
    const { name, holds = false, setsClock = false, keepsFromDatabase = false, lasts } = fault;
    const strike: Strike = { name, holds, setsClock, keepsFromDatabase, from: Date.now() };
    this.strikes.push(strike);
    this.active.add(strike);
    this.tell(name);
    const duration = random.whole(...lasts);
    try {
      const end = await fault.begin(this.cluster, random);
      await sleep(duration);
      this.tell(`${name}: ends`);
      await end();
    } catch (error) {
      this.complaints.push(`the nemesis failed: ${name}: ${(error as Error).stack}`);
    }
    this.active.delete(strike);
    await this.recover(strike);
    strike.to = Date.now();
    this.tell(`${name}: is over`);
  }

  /** Only what happens while nothing is broken any more says something about the recovery. */
  private async recover(strike: Strike): Promise<void> {
    let alone = Date.now();
    while (!(await this.cluster.isReady())) {
      if (this.active.size > 0) alone = Date.now();
      if (Date.now() - alone > RECOVERY_MS) {
        this.complaints.push(`after "${strike.name}", not every instance was ready within ${RECOVERY_MS} ms`);
        return;
      }
      await sleep(POLL_MS);
    }
    this.longestRecovery = Math.max(this.longestRecovery, Date.now() - alone);
  }

  private pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.ending.signal }).catch(() => undefined);
  }
}
