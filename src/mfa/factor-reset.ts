import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords } from '../actions/account-records.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserStore } from '../users/user-store.js';
import type { FactorBudget } from './factor-budget.js';
import type { FactorChanges } from './factor-changes.js';
import type { Factor } from './factor-kind.js';
import type { ForgetFactors } from './forget-factors.js';

/**
 * Second factors for operators, on behalf of users who have lost theirs. It performs no authorization checks, and whoever
 * has the password gets in afterwards: make sure who is asking.
 */
export class FactorReset {
  /** @internal */
  constructor(
    private readonly users: UserStore,
    private readonly records: AccountRecords,
    private readonly changes: Pick<FactorChanges, 'listOf'>,
    private readonly forget: ForgetFactors,
    private readonly budget: FactorBudget,
    private readonly tokens: TokensService,
    private readonly events: AuthEvents,
    private readonly mails: AccountMails | undefined,
  ) {}

  /** Returns the second factors of a user, the oldest first. */
  listOf(userId: string): Promise<Factor[]> {
    return this.changes.listOf(userId);
  }

  /**
   * Removes all second factors, recovery codes and trusted devices of a user, ends all their sessions, and tells them.
   * Returns `false` if there is no such account.
   */
  async reset(userId: string): Promise<boolean> {
    const user = await this.users.findById(userId);
    if (!user) return false;
    const end = () => this.tokens.revokeUserSessions(userId, 'factors-changed');
    await end();
    await this.records.together(async (inside) => {
      await inside.states.lock(userId);
      await this.forget(userId, inside);
      await inside.states.raiseEpoch(userId);
      const data = { name: user.name, notice: 'factors-reset' as const, at: new Date().toISOString() };
      await this.mails?.enqueue(
        { template: 'security-notice', to: user.email, userId, data },
        inside.manager,
      );
    });
    await end();
    await this.budget.forget(userId);
    await this.events.record({ type: 'factors-reset', userId });
    return true;
  }
}
