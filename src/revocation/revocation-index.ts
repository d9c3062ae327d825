import type { RevocableToken, Revocation, RevocationWatcher } from './revocation-list.js';

const SWEEP_MS = 60_000;

/** A revocation with its times. */
export interface RevocationEntry extends Revocation {
  /** When it was made. A user's revocation does not affect tokens issued later. */
  since: Date;
  /** When the last access token it affects has expired. */
  until: Date;
}

interface Times {
  since: number;
  until: number;
}

/** Revocations in this process's memory, indexed by what they revoke; dropped once the affected tokens have expired. */
export class RevocationIndex {
  private readonly sessions = new Map<string, number>();
  private readonly tokens = new Map<string, number>();
  private readonly users = new Map<string, Times>();
  private readonly watchers = new Set<RevocationWatcher>();
  private nextSweep = 0;

  /** @param clock milliseconds since the epoch */
  constructor(private readonly clock: () => number) {}

  add({ kind, id, since, until }: RevocationEntry): void {
    if (kind === 'user') this.users.set(id, latest(this.users.get(id), since.getTime(), until.getTime()));
    else {
      const map = kind === 'session' ? this.sessions : this.tokens;
      map.set(id, Math.max(until.getTime(), map.get(id) ?? 0));
    }
    this.sweepNowAndThen();
    for (const watcher of this.watchers) watcher({ kind, id });
  }

  /** Calls the watcher with each entry added from now on, also if it was known. Returns a function that ends that. */
  watch(watcher: RevocationWatcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  has({ jti, sid, sub, iat }: RevocableToken): boolean {
    if (this.sessions.has(sid) || this.tokens.has(jti)) return true;
    const user = this.users.get(sub);
    // `iat` is in whole seconds: a token from the same second may be older than the revocation, so it is rejected.
    return user !== undefined && iat * 1000 <= user.since;
  }

  /** The number of revocations held. */
  get size(): number {
    return this.sessions.size + this.tokens.size + this.users.size;
  }

  private sweepNowAndThen(): void {
    const now = this.clock();
    if (now < this.nextSweep) return;
    this.nextSweep = now + SWEEP_MS;
    for (const map of [this.sessions, this.tokens]) {
      for (const [id, until] of map) if (until <= now) map.delete(id);
    }
    for (const [id, { until }] of this.users) if (until <= now) this.users.delete(id);
  }
}

function latest(known: Times | undefined, since: number, until: number): Times {
  return { since: Math.max(since, known?.since ?? 0), until: Math.max(until, known?.until ?? 0) };
}
