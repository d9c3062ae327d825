import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords } from '../actions/account-records.js';
import type { Expiring } from '../cleanup/cleanup.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { AccountProtection } from '../users/account-protection.js';
import { neededMethod } from '../users/needed-method.js';
import type { UserStore } from '../users/user-store.js';

/** Removes personal data of an account from a place where it is kept. */
export type Forget = (userId: string) => Promise<unknown>;

/** How many accounts are deleted in one batch: each takes several statements. */
const BATCH = 50;

/**
 * Accounts whose owners have closed them, at the end of the grace. The row of the account goes last, so that a run that
 * was interrupted is continued by the next.
 */
export class ClosedAccounts implements Expiring {
  /** @param places where else something is kept, such as the audit trail */
  constructor(
    private readonly records: AccountRecords,
    private readonly users: UserStore,
    private readonly tokens: TokensService,
    private readonly protection: AccountProtection,
    private readonly mails: AccountMails,
    private readonly events: AuthEvents,
    private readonly places: readonly Forget[],
  ) {}

  countExpired(): Promise<number> {
    return this.records.states.countDue();
  }

  /** Deletes closed accounts until none is left, or the limit is reached. */
  async deleteExpired(limit: number): Promise<number> {
    let deleted = 0;
    while (deleted < limit) {
      const due = await this.records.states.listDue(Math.min(BATCH, limit - deleted));
      for (const userId of due) await this.delete(userId);
      deleted += due.length;
      if (due.length < BATCH) break;
    }
    return deleted;
  }

  private async delete(userId: string): Promise<void> {
    const user = await this.users.findById(userId);
    await this.tokens.revokeUserSessions(userId, 'account-closing');
    await neededMethod(this.users, 'remove')(userId);
    if (user) {
      await this.protection.reset(user.email);
      await this.events.record({ type: 'account-closed', userId });
      await this.mails.enqueue({ template: 'account-closed', to: user.email });
    }
    await this.mails.forget?.(userId);
    for (const forget of this.places) await forget(userId);
    await this.records.actions.removeOf(userId);
    await this.records.states.remove(userId);
  }
}
