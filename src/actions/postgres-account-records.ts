import type { DataSource, EntityManager } from 'typeorm';
import { runInTransaction } from '../database/statement.js';
import { unavailableWhenDown } from '../errors/database-errors.js';
import type { AccountRecords, RecordsInside } from './account-records.js';
import { PostgresAccountStates } from './postgres-account-states.js';
import { PostgresActionStore } from './postgres-action.store.js';

/** A statement that waits longer for a lock fails, so that one process that hangs does not keep all others waiting. */
const BOUNDED = `SELECT set_config('lock_timeout', '4s', true)`;

/** Actions and the states of accounts in PostgreSQL. All methods throw `UnavailableError` if it is unavailable. */
export class PostgresAccountRecords implements AccountRecords {
  readonly actions: PostgresActionStore;
  readonly states: PostgresAccountStates;

  constructor(private readonly dataSource: DataSource) {
    this.actions = new PostgresActionStore(dataSource);
    this.states = new PostgresAccountStates(dataSource);
  }

  together<T>(work: (inside: RecordsInside) => Promise<T>): Promise<T> {
    return unavailableWhenDown(() =>
      this.dataSource.transaction(async (manager) => {
        await run(manager, BOUNDED);
        return work(this.inside(manager));
      }),
    );
  }

  private inside(manager: EntityManager): RecordsInside {
    return {
      actions: new PostgresActionStore(this.dataSource, manager),
      states: new PostgresAccountStates(this.dataSource, manager),
      manager,
      async doOrPretend(really, work) {
        await run(manager, 'SAVEPOINT pretended');
        await work();
        await run(manager, `${really ? 'RELEASE' : 'ROLLBACK TO'} SAVEPOINT pretended`);
      },
    };
  }
}

async function run(manager: EntityManager, text: string): Promise<void> {
  await runInTransaction(manager, { text, values: [] });
}
