import type { SessionStore } from '../session-store.js';

/** The stores that a session may be in, by the number of their database: `MAIN` and the shards. */
export interface SessionDatabases {
  readonly numbers: readonly number[];
  /** @throws UnavailableError if this database has not been reached yet, or is none of them */
  storeOf(number: number): Required<SessionStore>;
  /** Where a session may begin, in the order to try. */
  forNew(): readonly number[] | Promise<readonly number[]>;
  /** Whether it has answered lately. What can do without it does not wait for it. */
  answers(number: number): boolean;
  /** Reports that a session could not begin there. */
  failed(number: number, error: unknown): void;
}
