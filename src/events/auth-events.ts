import { createHmac, randomBytes } from 'node:crypto';
import { maskEmail } from '../users/email.js';
import type { AuthEvent, NewAuthEvent, TriedAccount } from './auth-event.js';
import { cleanEvent } from './clean-event.js';
import { timeOrderedIds } from './event-id.js';

/** Called with each event. What it throws is reported, and stops nobody. */
export type AuthEventListener = (event: AuthEvent) => void | Promise<void>;

/** Where events are kept. Neither method throws. */
export interface EventLog {
  /** Keeps it soon. */
  add(event: AuthEvent): void;
  /** Resolves once it is kept, or cannot be now and will be tried again. */
  write(event: AuthEvent): Promise<void>;
}

/**
 * What matters to security as it happens: subscribe to hear of it, or emit what your own code does (an administration
 * that disables a user, say). Listeners are called at once and in turn, so keep them short; whatever they throw is
 * reported and stops nobody.
 */
export class AuthEvents {
  private readonly listeners = new Set<AuthEventListener>();
  private readonly newId = timeOrderedIds();
  private readonly accountKey = randomBytes(32);

  /** @param clock milliseconds since the epoch */
  constructor(
    private readonly clock: () => number,
    private readonly warn: (message: string) => void,
    private readonly log?: EventLog,
  ) {}

  /** Returns what ends the subscription. */
  subscribe(listener: AuthEventListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Never throws and never waits. */
  emit(event: NewAuthEvent): void {
    const complete = this.complete(event);
    this.log?.add(complete);
    this.tell(complete);
  }

  /** For what must be on record before it is answered: a crash right after does not lose the event. Never throws. */
  async record(event: NewAuthEvent): Promise<void> {
    const complete = this.complete(event);
    await this.log?.write(complete);
    this.tell(complete);
  }

  /** How events name an account that somebody tried to get into. */
  tried(email: string): TriedAccount {
    const account = createHmac('sha256', this.accountKey).update(email).digest('base64url').slice(0, 22);
    return { email: maskEmail(email), account };
  }

  private complete(event: NewAuthEvent): AuthEvent {
    const now = this.clock();
    return cleanEvent({ ...event, id: this.newId(now), at: new Date(now) });
  }

  private tell(event: AuthEvent): void {
    for (const listener of this.listeners) {
      try {
        const pending = listener(event);
        if (pending) pending.catch((error: unknown) => this.report(event, error));
      } catch (error) {
        this.report(event, error);
      }
    }
  }

  private report({ type }: AuthEvent, error: unknown): void {
    this.warn(
      `A listener failed at the event ${type}: ${error instanceof Error ? error.message : 'no error'}`,
    );
  }
}
