import type { AccountMail, AccountMails } from '../actions/account-mails.js';
import type { AccountRecords, RecordsInside } from '../actions/account-records.js';
import type { AccountState, AccountStates } from '../actions/account-states.js';
import type { ActionStore } from '../actions/action-store.js';
import type { ForgetFactors } from '../mfa/forget-factors.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import type { UserStore } from '../users/user-store.js';

/** What a change to an account reads and writes. */
export interface AccountChange {
  actions: ActionStore;
  states: AccountStates;
  mail(mail: AccountMail): Promise<unknown>;
  users: UserStore;
  /** The transaction, if there is one. */
  inside?: RecordsInside;
}

/** What a request does that changes no user. */
export type AccountNote = Omit<AccountChange, 'users'> & Pick<RecordsInside, 'doOrPretend'>;

/**
 * Changes accounts: users, actions, states and mails together. With our own user store, that is one transaction. A host's
 * store has transactions of its own, so there one step follows the other, under a lease, and an action whose change fails
 * is not used up.
 */
export class AccountWork {
  /**
   * @param ownUsers the user store, if it is ours and in the database of the records
   * @param mails undefined: nobody is told
   * @param forgetFactors undefined: there are no second factors
   */
  constructor(
    readonly records: AccountRecords,
    private readonly users: UserStore,
    private readonly ownUsers: TypeOrmUserStore | undefined,
    private readonly sessions: Pick<SessionStore, 'exclusively'>,
    private readonly mails: AccountMails | undefined,
    private readonly forgetFactors: ForgetFactors | undefined,
  ) {}

  /**
   * Changes an account while nobody else does. May run the work again after a conflict.
   * @param userId `null` for an account that does not exist yet
   */
  change<T>(
    userId: string | null,
    work: (change: AccountChange, state: AccountState | null) => Promise<T>,
  ): Promise<T> {
    const { ownUsers, records } = this;
    const begin = async (change: AccountChange) =>
      work(change, userId === null ? null : await change.states.lock(userId));
    if (ownUsers)
      return records.together((inside) =>
        begin({
          ...this.within(inside),
          inside,
          users: inside.manager ? ownUsers.within(inside.manager) : ownUsers,
        }),
      );
    const steps = () => this.stepByStep(begin);
    return userId === null ? steps() : this.sessions.exclusively(`account:${userId}`, steps);
  }

  /** Forgets what is kept about an account that has been deleted. The state goes last: it tells what is still to do. */
  async forget(userId: string): Promise<void> {
    await this.mails?.forget?.(userId);
    await this.forgetFactors?.(userId);
    await this.records.actions.removeOf(userId);
    await this.records.states.remove(userId);
  }

  /** Writes actions and mails together. Whether there is a mail takes neither more nor fewer statements. */
  note<T>(work: (note: AccountNote) => Promise<T>): Promise<T> {
    return this.records.together(async (inside) => {
      const result = await work({ ...this.within(inside), inside, doOrPretend: inside.doOrPretend });
      await this.mails?.wake?.(inside.manager);
      return result;
    });
  }

  private within({ actions, states, manager }: RecordsInside): Omit<AccountChange, 'users'> {
    return { actions, states, mail: async (mail) => this.mails?.enqueue(mail, manager) };
  }

  /** Holds no connection meanwhile: the host's store may need one of the same pool. */
  private async stepByStep<T>(work: (change: AccountChange) => Promise<T>): Promise<T> {
    const { records, users } = this;
    const consumed: string[] = [];
    const actions: ActionStore = Object.assign(Object.create(records.actions) as ActionStore, {
      consume: async (id: string, secret: Buffer) => {
        const action = await records.actions.consume(id, secret);
        if (action) consumed.push(id);
        return action;
      },
    });
    const mail = async (each: AccountMail) => this.mails?.enqueue(each);
    try {
      return await work({ actions, states: records.states, users, mail });
    } catch (error) {
      for (const id of consumed) await records.actions.giveBack(id);
      throw error;
    }
  }
}
