import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords } from '../actions/account-records.js';
import { hasBegun } from '../actions/account-states.js';
import type { Expiring } from '../cleanup/cleanup.js';
import { doWhatIsDue } from '../cleanup/due-work.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { UserStore } from '../users/user-store.js';
import type { FactorBudget } from './factor-budget.js';
import type { ForgetFactors } from './forget-factors.js';

/** Carries out the resets of factors that administrators have requested, when their time has come. */
export class DueFactorResets implements Expiring {
  /**
   * @param mails undefined if the app sends none
   * @param brake for how many seconds the brakes of a recovery last afterwards; 0 for none
   */
  constructor(
    private readonly users: Pick<UserStore, 'findById'>,
    private readonly records: AccountRecords,
    private readonly forget: ForgetFactors,
    private readonly budget: FactorBudget,
    private readonly tokens: Pick<TokensService, 'revokeUserSessions'>,
    private readonly events: Pick<AuthEvents, 'record'>,
    private readonly mails: AccountMails | undefined,
    private readonly brake: number,
    private readonly warn: (message: string) => void,
  ) {}

  countExpired(): Promise<number> {
    return this.records.states.countFactorsResets();
  }

  /** Carries out what is due. A reset that fails does not keep the others: it is tried again by the next run. */
  deleteExpired(limit: number): Promise<number> {
    const work = {
      list: (count: number) => this.records.states.listFactorsResets(count),
      do: (userId: string) => this.carryOut(userId),
      failed: (userId: string, { message }: Error) =>
        this.warn(`The second factors of ${userId} could not be reset: ${message}`),
    };
    return doWhatIsDue(work, limit);
  }

  /**
   * Removes all second factors, recovery codes and trusted devices of a user, ends all their sessions, and tells them, if
   * that is due. A run that was interrupted is continued by the next: the reset is over only when all sessions have ended.
   * @returns `false` if it is not due, or was canceled
   */
  async carryOut(userId: string): Promise<boolean> {
    if (!(await this.removed(userId))) return false;
    await this.tokens.revokeUserSessions(userId, 'factors-changed');
    await this.budget.forget(userId);
    await this.events.record({ type: 'factors-reset', userId });
    await this.records.states.endFactorsReset(userId);
    return true;
  }

  /** Returns `true` also if an earlier run has removed them and did no more. */
  private async removed(userId: string): Promise<boolean> {
    const user = await this.users.findById(userId);
    return this.records.together(async (inside) => {
      const { actions, states, manager } = inside;
      const { factorsResetAt } = await states.lock(userId);
      if (!(await states.beginFactorsReset(userId))) return false;
      if (hasBegun(factorsResetAt)) return true;
      await this.forget(userId, inside);
      await states.raiseEpoch(userId);
      // This one outlives epochs, and would promise what can no longer be done.
      await actions.cancel(userId, { purpose: 'cancel-factors-reset' });
      if (this.brake > 0) await states.brake(userId, this.brake);
      if (!user) return true;
      const data = { name: user.name, notice: 'factors-reset' as const, at: new Date().toISOString() };
      await this.mails?.enqueue({ template: 'security-notice', to: user.email, userId, data }, manager);
      return true;
    });
  }
}
