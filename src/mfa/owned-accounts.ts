import type { AccountRecords, RecordsInside } from '../actions/account-records.js';
import { epochWhileLive } from '../actions/while-live.js';
import { InvalidTokenError } from '../errors/auth-errors.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { Actor, Locked, Ownership } from './ownership.js';

/** Who changes their factors, and in which session: none while they add their first one with the ticket of a login. */
export interface FactorOwner extends Actor {
  sessionId?: string;
  /** Throws if what was shown in place of a session is no longer good. @internal */
  assertGood?(this: void): Promise<unknown>;
}

/** Accounts whose factors their owners change, one change at a time. */
export class OwnedAccounts {
  constructor(
    private readonly users: UserStore,
    private readonly records: AccountRecords,
    private readonly ownership: Ownership,
    private readonly sessions: Pick<SessionStore, 'isLive'>,
  ) {}

  /** @throws InvalidTokenError if the account has been deleted or disabled */
  async user(id: string): Promise<UserRecord> {
    const user = await this.users.findById(id);
    if (!user || user.disabled) throw new InvalidTokenError();
    return user;
  }

  /**
   * Asserts that the account is the owner's now, and returns its epoch, for {@link change}. Ask before anything is changed:
   * of two owners who end each other's sessions, the first to change the account must win.
   * @throws TokenRevokedError | StepUpRequiredError, and what `assertGood` throws
   */
  async begin(owner: FactorOwner): Promise<number> {
    // The epoch first: what ends a session or a ticket raises it afterwards.
    const epoch = await epochWhileLive({ sessions: this.sessions, states: this.records.states }, owner);
    await owner.assertGood?.();
    await this.assertOwner(owner);
    return epoch;
  }

  /**
   * Changes an account and raises its epoch, unless `work` returns `null`. Whatever ends the owner's session or ticket at
   * the same time (a new password, for one) comes before, and this is refused, or after.
   * @param begun what {@link begin} returned
   * @throws InvalidTokenError if the account has been deleted or disabled, and what `begin` throws
   */
  async change<T>(
    owner: FactorOwner,
    begun: number,
    work: (inside: RecordsInside, user: UserRecord) => Promise<T | null>,
  ): Promise<T | null> {
    for (let known = begun; ; known = await this.begin(owner)) {
      const user = await this.user(owner.id);
      const done = await this.records.together(async (inside) => {
        const state = await inside.states.lock(owner.id);
        if (state.epoch !== known) return undefined;
        await this.assertOwner(owner, { state, inside });
        const result = await work(inside, user);
        if (result !== null) await inside.states.raiseEpoch(owner.id);
        return { result };
      });
      if (done) return done.result;
    }
  }

  /** Whoever enrols without a session has proven more than a password: the code that was mailed. */
  private async assertOwner(owner: FactorOwner, locked?: Locked): Promise<void> {
    if (owner.sessionId !== undefined) await this.ownership.assertOwner(owner, 'factors', locked);
  }
}
