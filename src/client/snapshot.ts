import type { LatchkeyUser } from './answer.js';

/** Who is signed in, as far as this tab knows; without tokens. */
export interface SessionSnapshot<User extends LatchkeyUser = LatchkeyUser> {
  /** `unknown` after the page is loaded, until a call has found out: `getUser`, for instance. */
  readonly status: 'unknown' | 'signed-in' | 'signed-out';
  /** When signed in, and once a call in this tab has learned it. After a refresh it is still the user of before. */
  readonly user?: User;
}

/** The same object until something changes, so that it can be compared by `===`. */
export function sessionSnapshot() {
  const listeners = listenersOf<void>();
  let snapshot: SessionSnapshot = { status: 'unknown' };
  return {
    getSnapshot: () => snapshot,
    subscribe: listeners.add,
    show(status: SessionSnapshot['status'], user?: LatchkeyUser): void {
      const next = { status, user };
      if (JSON.stringify(next) === JSON.stringify(snapshot)) return;
      snapshot = next;
      listeners.call();
    },
  };
}

/** Listeners, each of which is called even if another one throws. */
export function listenersOf<T>() {
  const listeners = new Set<(value: T) => void>();
  return {
    /** Returns a function that removes the listener. */
    add(listener: (value: T) => void): () => void {
      const own = (value: T) => listener(value); // the same listener may be added twice
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    call(value: T): void {
      for (const listener of listeners) {
        try {
          listener(value);
        } catch (error) {
          console.error(error);
        }
      }
    },
  };
}
