import type { AccountMails } from '../actions/account-mails.js';
import type { Expiring } from '../cleanup/cleanup.js';
import { doWhatIsDue } from '../cleanup/due-work.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { AccountProtection } from '../users/account-protection.js';
import { neededMethod } from '../users/needed-method.js';
import type { UserStore } from '../users/user-store.js';
import type { AccountWork } from './account-work.js';

/** Removes personal data of an account from a place where it is kept. */
export type Forget = (userId: string) => Promise<unknown>;

/**
 * Accounts whose owners have closed them, at the end of the grace. The row of the account goes last, so that a run that
 * was interrupted is continued by the next.
 */
export class ClosedAccounts implements Expiring {
  /** @param places where else something is kept, such as the audit trail */
  constructor(
    private readonly work: AccountWork,
    private readonly users: UserStore,
    private readonly tokens: TokensService,
    private readonly protection: AccountProtection,
    private readonly mails: AccountMails,
    private readonly events: AuthEvents,
    private readonly places: readonly Forget[],
    private readonly warn: (message: string) => void,
  ) {}

  countExpired(): Promise<number> {
    return this.work.records.states.countDue();
  }

  /**
   * Deletes closed accounts until none is left, or the limit is reached. One that cannot be deleted, for example because a
   * table of the host refers to its user, does not keep the others: it is tried again by the next run.
   */
  deleteExpired(limit: number): Promise<number> {
    const work = {
      list: (count: number) => this.work.records.states.listDue(count),
      do: (userId: string) => this.delete(userId),
      failed: (userId: string, { message }: Error) =>
        this.warn(`The closed account ${userId} could not be deleted completely: ${message}`),
    };
    return doWhatIsDue(work, limit);
  }

  private async delete(userId: string): Promise<boolean> {
    const user = await this.users.findById(userId);
    // Enabled past us, in the user store of the host: whoever did that does not expect it to vanish.
    if (user && !user.disabled) {
      await this.work.records.states.setClosing(userId, null);
      return false;
    }
    await this.tokens.revokeUserSessions(userId, 'account-closing');
    await neededMethod(this.users, 'remove')(userId);
    if (user) {
      await this.protection.reset(user.email, userId);
      await this.events.record({ type: 'account-closed', userId });
      await this.mails.enqueue({ template: 'account-closed', to: user.email });
    }
    for (const forget of this.places) await forget(userId);
    await this.work.forget(userId);
    return true;
  }
}
