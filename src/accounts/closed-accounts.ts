import type { Expiring } from '../cleanup/cleanup.js';
import { doWhatIsDue } from '../cleanup/due-work.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { AccountProtection } from '../users/account-protection.js';
import { neededMethod } from '../users/needed-method.js';
import type { AccountChange, AccountWork } from './account-work.js';

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
    private readonly tokens: TokensService,
    private readonly protection: AccountProtection,
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
    const removal = await this.work.change(userId, (change) => removeUser(userId, change));
    if (!removal) return false;
    const { email } = removal;
    // First: if anything below fails, the next run does it, but finds no account that it could have deleted.
    if (email !== undefined) await this.events.record({ type: 'account-closed', userId });
    await this.tokens.revokeUserSessions(userId, 'account-closing');
    if (email !== undefined) await this.protection.reset(email, userId);
    for (const forget of this.places) await forget(userId);
    await this.work.forget(userId);
    return true;
  }
}

/** Returns the address of the user, if there was one, and nothing if the account is to stay. */
async function removeUser(
  userId: string,
  { users, states, mail }: AccountChange,
): Promise<{ email?: string } | undefined> {
  // Its owner or an operator may have opened it since it was listed.
  if (!(await states.isDue(userId))) return undefined;
  const user = await users.findById(userId);
  // Enabled past us, in the user store of the host: whoever did that does not expect it to vanish.
  if (user && !user.disabled) {
    await states.setClosing(userId, null);
    return undefined;
  }
  if (!(await neededMethod(users, 'remove')(userId)) || !user) return {};
  await mail({ template: 'account-closed', to: user.email });
  return { email: user.email };
}
