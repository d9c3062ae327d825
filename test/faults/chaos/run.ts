import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { brokenLines, readLedger } from '../support/ledger.js';
import { Random } from '../support/random.js';
import { AccountChanges } from './account-changes.js';
import { brokenAtRest, type StoredSession } from './at-rest.js';
import { Caller } from './caller.js';
import { type Bounds, brokenBy } from './checker.js';
import { Cluster, LEEWAY_SECONDS, STALENESS_SECONDS } from './cluster.js';
import { History } from './history.js';
import { live } from './life.js';
import { Nemesis } from './nemesis.js';
import { Person } from './person.js';
import { countsOf, namesOf, type Report, tally } from './report.js';
import { sessionsOf } from './session-events.js';

export interface Order {
  seconds: number;
  /** Repeats the choices of people and faults; not the times at which they meet. */
  seed: number;
  /** Gets a line every few seconds. */
  tell: (line: string) => void;
  /** Ends the run early: what was found until then is reported. */
  signal?: AbortSignal;
}

const PEOPLE = 12;
/** Between the first ones: all of them at once would wait for their passwords to be hashed. */
const ARRIVAL_MS = 250;
const LIFE_MS: [number, number] = [30_000, 70_000];
const CHECK_EVERY = 5;
const PROGRESS_MS = 5_000;
/** More than that help nobody. */
const MOST_VIOLATIONS = 20;
const REPORTS = join(import.meta.dirname, '../../../reports');
const BOUNDS: Bounds = {
  leewayMs: LEEWAY_SECONDS * 1_000,
  stalenessMs: STALENESS_SECONDS * 1_000,
  toleranceMs: 5_000,
};

/** Runs a cluster, breaks it, lets people use it meanwhile, and checks what they saw. */
export async function runChaos(order: Order): Promise<Report> {
  const cluster = new Cluster();
  const run = new Run(cluster, order);
  try {
    await cluster.start();
    return await run.go();
  } finally {
    await cluster.close();
    await run.history.close(run.violations.size > 0);
  }
}

class Run {
  readonly history: History;
  readonly violations = new Set<string>();
  private nemesis!: Nemesis;
  private began = 0;
  private people = 0;
  private sessions = 0;

  constructor(
    private readonly cluster: Cluster,
    private readonly order: Order,
  ) {
    this.history = new History(join(REPORTS, `chaos-${order.seed}.log`));
  }

  async go(): Promise<Report> {
    this.began = Date.now();
    this.nemesis = new Nemesis(this.cluster, this.order.seed, (line) => this.history.write(`*** ${line}`));
    const progress = setInterval(() => this.order.tell(this.progress()), PROGRESS_MS);
    try {
      const places = Array.from({ length: PEOPLE }, (_place, n) => this.livesOneAfterAnother(n * ARRIVAL_MS));
      while (!this.isOver()) await sleep(100);
      await this.nemesis.end();
      await Promise.all(places);
    } finally {
      clearInterval(progress);
      await this.nemesis.end();
    }
    for (const broken of brokenLines(await readLedger(this.cluster.postgres))) this.violate(broken);
    for (const complaint of this.nemesis.complaints) this.violate(complaint);
    for (const misdeed of this.cluster.instances.flatMap(({ misdeeds }) => misdeeds)) this.violate(misdeed);
    return this.report();
  }

  private isOver(): boolean {
    const { seconds, signal } = this.order;
    const isFull = this.violations.size >= MOST_VIOLATIONS;
    return isFull || signal?.aborted === true || Date.now() > this.began + seconds * 1_000;
  }

  private async livesOneAfterAnother(begin: number): Promise<void> {
    await sleep(begin);
    while (!this.isOver())
      await this.life(++this.people).catch((error: Error) => this.violate(`a life failed: ${error.stack}`));
  }

  private async life(number: number): Promise<void> {
    const random = new Random(this.order.seed * 100_000 + number);
    const until = Date.now() + random.whole(...LIFE_MS);
    const isOver = () => this.isOver() || Date.now() > until;
    const caller = new Caller(`person${number}`, this.cluster, random, (operation) =>
      this.history.add(operation),
    );
    const { operations } = caller;
    let steps = 0;
    const check = (isDead = false) => {
      if (!isDead && ++steps % CHECK_EVERY > 0) return;
      for (const broken of brokenBy(operations, this.nemesis.strikes, BOUNDS, isDead))
        this.violate(`${caller.person}: ${broken}`);
    };
    const person = new Person(caller, random);
    await live(person, new AccountChanges(person, this.cluster, isOver), random, isOver, check);
    check(true);
    this.sessions += sessionsOf(operations).size;
    for (const broken of brokenAtRest(
      operations,
      await this.stored([...sessionsOf(operations).keys()]),
      BOUNDS.leewayMs,
    ))
      this.violate(`${caller.person}: ${broken}`);
  }

  /** PostgreSQL may be away. */
  private async stored(sids: string[]): Promise<StoredSession[]> {
    const ids = sids.map((sid) => `'${sid}'`).join(',') || 'NULL';
    const sql = `SELECT id, current_jti AS current, revoked_at IS NOT NULL AS revoked FROM refresh_tokens WHERE id IN (${ids})`;
    for (;;) {
      const rows = await this.cluster.postgres.query<StoredSession>(sql).catch(() => undefined);
      if (rows) return rows;
      await sleep(200);
    }
  }

  private violate(what: string): void {
    if (this.violations.has(what)) return;
    this.violations.add(what);
    const line = `VIOLATION after ${Math.round((Date.now() - this.began) / 1_000)} s: ${what}`;
    this.history.write(line);
    this.order.tell(line);
  }

  private progress(): string {
    const seconds = Math.round((Date.now() - this.began) / 1_000);
    const now = this.nemesis.current.join('; ') || 'calm';
    return `${seconds} s, ${this.history.total} operations, ${this.nemesis.strikes.length} faults, ${this.violations.size} violations; now: ${now}`;
  }

  private report(): Report {
    const { seed } = this.order;
    const { total, longestWithoutSuccess, slowest, file } = this.history;
    return {
      seed,
      seconds: (Date.now() - this.began) / 1_000,
      operations: total,
      sessions: this.sessions,
      people: this.people,
      counts: countsOf(this.history),
      strikes: tally(namesOf(this.nemesis.strikes)),
      longestWithoutSuccessMs: longestWithoutSuccess,
      longestRecoveryMs: this.nemesis.longestRecovery,
      slowestAnswerMs: slowest,
      violations: [...this.violations],
      ...(this.violations.size > 0 && { log: file }),
    };
  }
}
