import { Observable, type Subscriber } from 'rxjs';
import type { AuthEvents } from '../events/auth-events.js';
import type { RevocationList } from './revocation-list.js';

/**
 * Tells when a session ends, so that its WebSockets and event streams can be closed:
 * `endings.of(user.sessionId).subscribe(() => client.close())`, or `takeUntil(endings.of(user.sessionId))`.
 *
 * This instance learns of a session that it ends itself immediately, and of one that ended elsewhere when the revocation
 * list does: usually within milliseconds, and within two seconds even if a notification is lost, as long as the database
 * answers. A session also ends when its user logs out everywhere, changes the password, or is disabled. A session that
 * expires unused ends without a word: close what must not outlive the access token at its `exp`.
 */
export class SessionEndings {
  private readonly waiting = new Map<string, Set<Subscriber<void>>>();
  private readonly stops: (() => void)[];
  private stopped = false;

  constructor(
    private readonly revocations: RevocationList,
    events: AuthEvents,
  ) {
    this.stops = [
      revocations.watch?.(({ kind, id }) => void (kind === 'session' && this.ended(id))) ?? noop,
      // For a list of a host that cannot be watched.
      events.subscribe((event) => {
        const ends = event.type === 'logged-out' || event.type === 'session-ended';
        if (ends && event.sessionId !== undefined) this.ended(event.sessionId);
      }),
    ];
  }

  /**
   * Emits once, when the session ends or if it is known to have ended, and completes. Completes without emitting when the
   * app shuts down. Never fails. Each subscription is forgotten as soon as it ends.
   * @param sid the id of the session: `AuthUser.sessionId`
   */
  of(sid: string): Observable<void> {
    return new Observable((subscriber) => {
      if (this.stopped) return subscriber.complete();
      this.add(sid, subscriber);
      subscriber.add(() => this.remove(sid, subscriber));
      // After it was added: what ends in between must not be missed.
      this.hasEnded(sid).then(
        (ended) => ended && this.ended(sid),
        () => undefined, // unknown now: the list says so when it knows
      );
    });
  }

  /** The number of subscriptions. */
  get size(): number {
    let size = 0;
    for (const subscribers of this.waiting.values()) size += subscribers.size;
    return size;
  }

  /** Completes all, because an open event stream would keep the server from closing. */
  onModuleDestroy(): void {
    this.stopped = true;
    for (const stop of this.stops) stop();
    for (const subscribers of this.waiting.values())
      for (const subscriber of subscribers) subscriber.complete();
  }

  private async hasEnded(sid: string): Promise<boolean> {
    return this.revocations.isRevoked({ sid, jti: '', sub: '', iat: Number.MAX_SAFE_INTEGER });
  }

  private ended(sid: string): void {
    // A copy, because one that subscribes again meanwhile would be told forever.
    for (const subscriber of Array.from(this.waiting.get(sid) ?? [])) {
      subscriber.next();
      subscriber.complete();
    }
  }

  private add(sid: string, subscriber: Subscriber<void>): void {
    const subscribers = this.waiting.get(sid);
    if (subscribers) subscribers.add(subscriber);
    else this.waiting.set(sid, new Set([subscriber]));
  }

  private remove(sid: string, subscriber: Subscriber<void>): void {
    const subscribers = this.waiting.get(sid);
    subscribers?.delete(subscriber);
    if (subscribers?.size === 0) this.waiting.delete(sid);
  }
}

function noop(): void {}
