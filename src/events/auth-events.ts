import { createHmac, randomBytes } from 'node:crypto';
import { maskEmail } from '../users/email.js';
import type { AuthEvent, NewAuthEvent, TriedAccount } from './auth-event.js';
import { cleanEvent } from './clean-event.js';
import { activeTrace } from '../tracing/spans.js';
import { timeOrderedIds } from './event-id.js';

/** Called with each event. An error it throws, or rejects with, is logged and affects nothing else. */
export type AuthEventListener = (event: AuthEvent) => void | Promise<void>;

/** Stores events. Neither method throws. */
export interface EventLog {
  /** Stores the event soon. */
  add(event: AuthEvent): void;
  /** Resolves once the event is stored, or cannot be stored now and will be retried. */
  write(event: AuthEvent): Promise<void>;
}

/**
 * Security events as they happen: subscribe to receive them, or emit events for what your own code does, such as
 * disabling a user. Listeners are called synchronously and one after the other, so keep them short; an error they throw
 * is logged and affects nothing else.
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

  /** Calls `listener` with every event from now on. Returns a function that ends the subscription. */
  subscribe(listener: AuthEventListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Emits an event: stores it soon and calls the listeners. Never throws. */
  emit(event: NewAuthEvent): void {
    const complete = this.complete(event);
    this.log?.add(complete);
    this.notify(complete);
  }

  /** Like {@link emit}, but resolves once the event is stored: a crash right after does not lose it. Never throws. */
  async record(event: NewAuthEvent): Promise<void> {
    const complete = this.complete(event);
    await this.log?.write(complete);
    this.notify(complete);
  }

  /** Returns how events identify an account that someone tried to log in to, whether or not it exists. */
  tried(email: string): TriedAccount {
    const account = createHmac('sha256', this.accountKey).update(email).digest('base64url').slice(0, 22);
    return { email: maskEmail(email), account };
  }

  private complete(event: NewAuthEvent): AuthEvent {
    const now = this.clock();
    return cleanEvent({ ...activeTrace(), ...event, id: this.newId(now), at: new Date(now) });
  }

  private notify(event: AuthEvent): void {
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
      `A listener for the event ${type} failed: ${error instanceof Error ? error.message : 'no error'}`,
    );
  }
}
