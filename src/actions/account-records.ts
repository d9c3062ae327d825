import type { EntityManager } from 'typeorm';
import type { AccountStates } from './account-states.js';
import type { ActionStore } from './action-store.js';

/** Records as a transaction sees them. */
export interface RecordsInside {
  actions: ActionStore;
  states: AccountStates;
  /** The transaction, if the records are in PostgreSQL. */
  manager?: EntityManager;
  /**
   * Does work and, unless `really`, takes it back, by as many statements. For what happens to unknown addresses: it takes
   * as long as for known ones. Work that could not be taken back is not done.
   */
  doOrPretend(really: boolean, work: () => Promise<unknown>): Promise<void>;
}

/** The actions and the states of accounts, which belong together: an action of an older epoch is dead. */
export interface AccountRecords {
  actions: ActionStore;
  states: AccountStates;
  /** Runs work whose changes are made together or, if it throws, not at all. It may run again after a conflict. */
  together<T>(work: (inside: RecordsInside) => Promise<T>): Promise<T>;
}

/** The injection token of the {@link AccountRecords}. */
export const AccountRecords = Symbol('AccountRecords');
