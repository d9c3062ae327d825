import type { AccountRecords, RecordsInside } from './account-records.js';
import type { AccountTables, Turn } from './in-memory-account-tables.js';
import { InMemoryAccountStates } from './in-memory-account-states.js';
import { InMemoryActionStore } from './in-memory-action.store.js';

/** Actions and the states of accounts in the memory of this process, with the same guarantees as in PostgreSQL. For tests. */
export class InMemoryAccountRecords implements AccountRecords {
  readonly actions: InMemoryActionStore;
  readonly states: InMemoryAccountStates;
  private readonly tables: AccountTables;
  private last: Promise<unknown> = Promise.resolve();

  constructor(now: () => number = Date.now) {
    this.tables = { actions: new Map(), states: new Map(), now };
    const turn: Turn = (operation) => this.inTurn(async () => operation());
    this.actions = new InMemoryActionStore(this.tables, turn);
    this.states = new InMemoryAccountStates(this.tables, turn);
  }

  together<T>(work: (inside: RecordsInside) => Promise<T>): Promise<T> {
    return this.inTurn(async () => {
      const before = copyOf(this.tables);
      try {
        return await work(this.inside());
      } catch (error) {
        Object.assign(this.tables, before);
        throw error;
      }
    });
  }

  private inside(): RecordsInside {
    const now: Turn = async (operation) => operation();
    return {
      actions: new InMemoryActionStore(this.tables, now),
      states: new InMemoryAccountStates(this.tables, now),
      doOrPretend: async (really, work) => {
        if (really) await work();
      },
    };
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.last.then(work);
    this.last = mine.catch(() => undefined);
    return mine;
  }
}

function copyOf({ actions, states }: AccountTables): Pick<AccountTables, 'actions' | 'states'> {
  const copy = <Row extends object>(table: Map<string, Row>) =>
    new Map([...table].map(([key, row]) => [key, { ...row }]));
  return { actions: copy(actions), states: copy(states) };
}
