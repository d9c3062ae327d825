import { randomUUID } from 'node:crypto';
import type { AccountMails } from '../actions/account-mails.js';
import type { AccountRecords, RecordsInside } from '../actions/account-records.js';
import { hasBegun } from '../actions/account-states.js';
import { type ActionTokens, consume } from '../actions/action-tokens.js';
import { ActionTokenInvalidError } from '../errors/auth-errors.js';
import type { AuthEvents } from '../events/auth-events.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { DueFactorResets } from './due-factor-resets.js';
import type { FactorChanges } from './factor-changes.js';
import type { Factor } from './factor-kind.js';

/**
 * Second factors for operators, on behalf of users who have lost theirs. It performs no authorization checks, and whoever
 * has the password gets in afterwards: make sure who is asking. A reset waits for `mfa.resetDelay`, so that the owner, who
 * gets a mail about it, can cancel what somebody else has talked you into.
 */
export class FactorReset {
  /** @param delay in seconds; 0: immediately @internal */
  constructor(
    private readonly users: UserStore,
    private readonly records: AccountRecords,
    private readonly changes: Pick<FactorChanges, 'listOf'>,
    private readonly due: DueFactorResets,
    private readonly links: ActionTokens,
    private readonly events: AuthEvents,
    private readonly mails: AccountMails | undefined,
    private readonly delay: number,
  ) {}

  /** Returns the second factors of a user, the oldest first. */
  listOf(userId: string): Promise<Factor[]> {
    return this.changes.listOf(userId);
  }

  /** When the second factors of a user will be removed; `null` if nobody has requested that. */
  async pendingFor(userId: string): Promise<Date | null> {
    const { factorsResetAt } = await this.records.states.of(userId);
    return hasBegun(factorsResetAt) ? new Date() : factorsResetAt;
  }

  /**
   * Lets all second factors, recovery codes and trusted devices of a user be removed after the delay, and all their sessions
   * end then. Mails them a link that cancels it. While a reset is pending, another request changes nothing.
   * @returns when; `null` if there is no such account
   */
  async request(userId: string): Promise<{ at: Date } | null> {
    const user = await this.users.findById(userId);
    if (!user) return null;
    const { at, isNew } = await this.records.together(async (inside) => {
      const { factorsResetAt } = await inside.states.lock(userId);
      if (factorsResetAt) return { at: factorsResetAt, isNew: false };
      const next = (await inside.states.setFactorsReset(userId, this.delay))!;
      if (this.delay > 0) await this.tell(user, next, inside);
      return { at: next, isNew: true };
    });
    if (isNew && this.delay > 0) await this.events.record({ type: 'factors-reset-requested', userId });
    if (this.delay === 0) await this.due.carryOut(userId);
    return { at: hasBegun(at) ? new Date() : at };
  }

  /** Takes a request back. Returns `false` if there is none, or the removal has begun. */
  async cancel(userId: string, client?: ClientInfo): Promise<boolean> {
    const canceled = await this.records.together(async (inside) => {
      if (!(await isPending(userId, inside))) return false;
      await inside.actions.cancel(userId, { purpose: 'cancel-factors-reset' });
      await inside.states.setFactorsReset(userId, null);
      return true;
    });
    if (canceled) await this.events.record({ type: 'factors-reset-canceled', ...client, userId });
    return canceled;
  }

  /** Takes a request back on behalf of the owner, with the link of the mail. @throws ActionTokenInvalidError */
  async cancelByLink(token: string, client?: ClientInfo): Promise<void> {
    const presented = await this.links.read(token, 'cancel-factors-reset');
    const userId = presented.action.userId!;
    await this.records.together(async (inside) => {
      if (!(await isPending(userId, inside))) throw new ActionTokenInvalidError();
      await consume(presented, inside.actions);
      await inside.states.setFactorsReset(userId, null);
    });
    await this.events.record({ type: 'factors-reset-canceled', ...client, userId });
  }

  private async tell({ id, email, name }: UserRecord, at: Date, inside: RecordsInside): Promise<void> {
    const { actions, manager } = inside;
    const actionId = randomUUID();
    // A password change must not take the link away from the owner.
    await actions.create({
      id: actionId,
      purpose: 'cancel-factors-reset',
      userId: id,
      email,
      outlivesEpoch: true,
    });
    const data = { name, resetsAt: at.toISOString() };
    await this.mails?.enqueue(
      { template: 'factors-reset-requested', to: email, userId: id, actionId, data },
      manager,
    );
  }
}

/** Locks the account: a removal that has not begun cannot begin until the transaction ends. */
async function isPending(userId: string, { states }: RecordsInside): Promise<boolean> {
  const { factorsResetAt } = await states.lock(userId);
  return factorsResetAt !== null && !hasBegun(factorsResetAt);
}
