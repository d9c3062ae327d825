import { ExpiringIds } from './expiring-ids.js';
import { parseRevocation, type RevocationEntry } from './revocation-message.js';
import { idAt, readRecords } from './session-records.js';
import type { RevocableToken, RevocationWatcher } from './revocation-list.js';

const SWEEP_MS = 60_000;

interface Times {
  since: number;
  until: number;
}

/** Revocations in this process's memory, indexed by what they revoke; dropped once the affected tokens have expired. */
export class RevocationIndex {
  private readonly sessions = new ExpiringIds();
  private readonly tokens = new ExpiringIds();
  private readonly users = new Map<string, Times>();
  /** Sessions of these users that began until `since` are revoked. */
  private readonly userSessions = new Map<string, Times>();
  /** Sessions that began until `since` are revoked, whoever they belong to. */
  private all: Times | undefined;
  private readonly watchers = new Set<RevocationWatcher>();
  private nextSweep = 0;

  /** @param clock milliseconds since the epoch */
  constructor(private readonly clock: () => number) {}

  add({ kind, id, since, until }: RevocationEntry): void {
    if (kind === 'session') this.sessions.add(id, until.getTime());
    else if (kind === 'token') this.tokens.add(id, until.getTime());
    else if (kind === 'user' || kind === 'user-sessions') {
      const times = kind === 'user' ? this.users : this.userSessions;
      times.set(id, latest(times.get(id), since.getTime(), until.getTime()));
    } else this.all = latest(this.all, since.getTime(), until.getTime());
    for (const watcher of this.watchers) watcher({ kind, id });
  }

  /** Adds what {@link readRecords} finds. */
  addRecords(text: string): void {
    readRecords(text, {
      session: (start, seconds) => {
        this.sessions.addAt(text, start, seconds);
        for (const watcher of this.watchers) watcher({ kind: 'session', id: idAt(text, start) });
      },
      line: (line) => {
        const entry = parseRevocation(line);
        if (entry) this.add(entry);
      },
    });
  }

  /** Calls the watcher with each entry added from now on, also if it was known. Returns a function that ends that. */
  watch(watcher: RevocationWatcher): () => void {
    this.watchers.add(watcher);
    return () => void this.watchers.delete(watcher);
  }

  has({ jti, sid, sub, iat, auth_time: began = iat }: RevocableToken): boolean {
    if (this.sessions.has(sid) || this.tokens.has(jti)) return true;
    // Times of tokens are in whole seconds: one from the same second may be older than the revocation, so it is rejected.
    if (this.all !== undefined && began * 1000 <= this.all.since) return true;
    const sessions = this.userSessions.size > 0 ? this.userSessions.get(sub) : undefined;
    if (sessions !== undefined && began * 1000 <= sessions.since) return true;
    const user = this.users.size > 0 ? this.users.get(sub) : undefined;
    return user !== undefined && iat * 1000 <= user.since;
  }

  /** The number of revocations held. */
  get size(): number {
    return (
      this.sessions.size + this.tokens.size + this.users.size + this.userSessions.size + (this.all ? 1 : 0)
    );
  }

  /** Drops what has expired: now and then, and in small steps. */
  sweep(): void {
    const now = this.clock();
    if (now >= this.nextSweep) {
      this.nextSweep = now + SWEEP_MS;
      this.sessions.startSweep();
      this.tokens.startSweep();
      for (const times of [this.users, this.userSessions])
        for (const [id, { until }] of times) if (until <= now) times.delete(id);
      if (this.all && this.all.until <= now) this.all = undefined;
    }
    this.sessions.sweepOn(now);
    this.tokens.sweepOn(now);
  }
}

function latest(known: Times | undefined, since: number, until: number): Times {
  return { since: Math.max(since, known?.since ?? 0), until: Math.max(until, known?.until ?? 0) };
}
