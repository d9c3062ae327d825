import type { AccountState } from './account-states.js';
import type { Action } from './action-store.js';

/** Without what depends on the time. */
export interface AccountRow extends Omit<AccountState, 'brake'> {
  recoveredUntil: Date | null;
}

export interface ActionRow extends Action {
  attempts: number;
  consumed: boolean;
}

/** The tables, and the clock in milliseconds since the epoch. */
export interface AccountTables {
  actions: Map<string, ActionRow>;
  states: Map<string, AccountRow>;
  now(): number;
}

/** Runs an operation that awaits nothing. */
export type Turn = <T>(operation: () => T) => Promise<T>;
