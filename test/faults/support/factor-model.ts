import { claimsOf } from '../../support/age-session.js';

/** What a code was accepted for. The same code of the same authenticator app, or the same recovery code, has the same key. */
export interface Proof {
  key: string;
  /** The id of the authenticator app, or the set of recovery codes. */
  source: string;
}

/** A change that worked. Unless it only raises the epoch, it ends all sessions but that of its owner. */
export interface Change {
  kind: 'first-factor' | 'factor-added' | 'factor-removed' | 'codes-renewed' | 'reset' | 'disabled';
  owner?: string;
  /** The authenticator app that was removed. */
  source?: string;
}

/** How a session began. */
export interface Beginning {
  by: 'password' | 'device' | 'factor';
  /** Whether the ticket or the device's cookie is older than the group. */
  isFromBefore: boolean;
}

/** What the database says once nothing is running. */
export interface Stored {
  sessions: { sid: string; acr: string | null }[];
  hasFactor: boolean;
  disabled: boolean;
}

interface KnownSession extends Beginning {
  /** Whether a second factor stands behind it. */
  isSecured: boolean;
  /** Whether its `acr` may be above `pwd`. */
  isRaised: boolean;
  group: number;
}

const FREE_FAILURES = 5;
const MAX_DELAY = 900;

/** How many failures the budget allows within so many seconds: five, then one after 1, 2, 4 … seconds. */
export function allowedFailures(seconds: number): number {
  let [allowed, left] = [FREE_FAILURES, seconds];
  for (let delay = 1; left >= delay; delay = Math.min(delay * 2, MAX_DELAY)) {
    left -= delay;
    allowed++;
  }
  return allowed;
}

/**
 * What must hold for one account, whatever the order of what ran in parallel: a group of operations. It knows only what
 * clients saw, and what is stored between two groups.
 */
export class FactorModel {
  readonly violations: string[] = [];
  readonly accepted = new Map<string, string>();
  private readonly sessions = new Map<string, KnownSession>();
  private readonly dead = new Set<string>();
  private group = 0;
  private wasProtected = false;
  private changes: Change[] = [];
  private proofs: { sid: string; source: string }[] = [];
  private raisedTokens: { sid: string; what: string }[] = [];
  private bare: string[] = [];
  private failures = { before: 0, since: 0, here: 0, successes: 0 };
  private begun = 0;

  /** @param now seconds, on the clock that the account's owner sees */
  begin(now: number): void {
    this.group++;
    Object.assign(this, { changes: [], proofs: [], raisedTokens: [], bare: [], begun: now });
    Object.assign(this.failures, { here: 0, successes: 0 });
    if (this.failures.before === 0) this.failures.since = now;
  }

  /** A session began. */
  session(sid: string, beginning: Beginning): void {
    const [isSecured, group] = [beginning.by !== 'password', this.group];
    this.sessions.set(sid, { ...beginning, isSecured, isRaised: beginning.by === 'factor', group });
    if (beginning.by === 'password') this.bare.push(sid);
  }

  /** An access token was handed out. Returns the session it is for. */
  token(accessToken: string, what: string): string {
    const { sid, acr } = claimsOf(accessToken) as { sid: string; acr?: string };
    if (acr !== undefined && acr !== 'pwd') this.raisedTokens.push({ sid, what });
    return sid;
  }

  /** A code was accepted, in a session or for one. */
  proven({ key, source }: Proof, sid: string, what: string): void {
    const earlier = this.accepted.get(key);
    if (earlier !== undefined) this.broken(`one code was accepted twice: ${earlier}, then ${what}`);
    if (this.dead.has(source)) this.broken(`${what} accepted a code of ${source}, which was removed before`);
    this.accepted.set(key, what);
    this.proofs.push({ sid, source });
  }

  wrongAccepted(what: string): void {
    this.broken(`${what} accepted a wrong code`);
  }

  /** A code was refused as wrong or used. */
  failed(): void {
    this.failures.here++;
  }

  /** A code may have been accepted, even if nothing came of it. */
  mayHavePassed(): void {
    this.failures.successes++;
  }

  changed(change: Change): void {
    this.changes.push(change);
  }

  hasKind(...kinds: Change['kind'][]): boolean {
    return this.changes.some(({ kind }) => kinds.includes(kind));
  }

  /** Whether the epoch rose in this group: tickets and devices from before are worthless. */
  get roseHere(): boolean {
    return this.changes.length > 0;
  }

  /** @param dead what can prove nothing any more: recovery codes that were replaced */
  settle(stored: Stored, now: number, dead: readonly string[]): void {
    this.settleLevels();
    this.checkSessions(stored);
    this.checkTokens();
    this.checkBudget(now);
    for (const source of dead) this.dead.add(source);
    for (const { source } of this.changes) if (source !== undefined) this.dead.add(source);
    this.wasProtected = stored.hasFactor;
  }

  private settleLevels(): void {
    const removals = this.changes.filter(({ kind }) => kind === 'factor-removed' || kind === 'codes-renewed');
    for (const { owner } of removals) if (owner) this.know(owner).isRaised = false;
    for (const { sid, source } of this.proofs) {
      const isGone = removals.some((removal) => removal.source === source);
      Object.assign(this.know(sid), { isSecured: true }, !isGone && { isRaised: true });
    }
  }

  private checkSessions({ sessions, hasFactor, disabled }: Stored): void {
    if (disabled && sessions.length > 0) this.broken('a disabled account has a session');
    for (const { sid, acr } of sessions) {
      const known = this.sessions.get(sid);
      const name = `session ${sid} (${known ? `by ${known.by}` : 'never handed out'})`;
      if (acr !== null && acr !== 'pwd' && !known?.isRaised)
        this.broken(`${name} has acr ${acr}, which was not earned`);
      if (hasFactor && !known?.isSecured) this.broken(`${name} exists without a second step`);
      if (known && this.mustHaveEnded(sid, known)) this.broken(`${name} outlived ${this.changesNow()}`);
    }
  }

  private mustHaveEnded(sid: string, { group, by, isFromBefore }: KnownSession): boolean {
    if (group === this.group && (by === 'password' || !isFromBefore)) return false;
    return this.changes.some(({ kind, owner }) => kind !== 'factor-added' && owner !== sid);
  }

  private checkTokens(): void {
    for (const { sid, what } of this.raisedTokens) {
      const isEarned = this.sessions.get(sid)?.isRaised || this.proofs.some((proof) => proof.sid === sid);
      const wasLowered = this.changes.some(({ owner }) => owner === sid);
      if (!isEarned && !wasLowered) this.broken(`${what} handed out an acr that was not earned`);
    }
    const mayBeBare = !this.wasProtected || this.hasKind('factor-removed', 'reset');
    if (!mayBeBare && this.bare.length > 0) this.broken('a login began a session without the second factor');
  }

  private checkBudget(now: number): void {
    const { before, since, here, successes } = this.failures;
    const isReset = successes > 0;
    const count = isReset ? here : before + here;
    const allowed = (successes + 1) * allowedFailures(now - (isReset ? this.begun : since));
    if (count > allowed) this.broken(`${count} wrong codes were checked, where ${allowed} are allowed`);
    this.failures.before = isReset ? 0 : count;
  }

  private know(sid: string): KnownSession {
    const unknown = { by: 'password', isFromBefore: false, isSecured: false, isRaised: false } as const;
    const known = this.sessions.get(sid) ?? { ...unknown, group: this.group };
    this.sessions.set(sid, known);
    return known;
  }

  private changesNow(): string {
    return this.changes.map(({ kind }) => kind).join(', ');
  }

  private broken(what: string): void {
    this.violations.push(`group ${this.group}: ${what}`);
  }
}
