import { randomUUID } from 'node:crypto';
import { ACTION_LIFETIMES } from '../actions/action-purposes.js';
import { type ActionTokens, consume } from '../actions/action-tokens.js';
import { type LivePlaces, whileLive } from '../actions/while-live.js';
import { ActionTokenInvalidError, InvalidTokenError } from '../errors/auth-errors.js';
import type { Ownership } from '../mfa/ownership.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import { neededMethod } from '../users/needed-method.js';
import type { AccountEvents } from './account-events.js';
import type { AccountWork } from './account-work.js';
import { occasionOf } from './mail-data.js';

/** Closes accounts on behalf of their owners, who may change their minds for two weeks. */
export class AccountClosing {
  private readonly live: LivePlaces;

  constructor(
    private readonly tokens: TokensService,
    private readonly work: AccountWork,
    private readonly links: ActionTokens,
    private readonly events: AccountEvents,
    sessions: Pick<SessionStore, 'isLive'>,
    private readonly ownership: Ownership | undefined,
  ) {
    this.live = { sessions, states: work.records.states };
  }

  /**
   * Ends all sessions and blocks sign-in. After two weeks the account is deleted, unless a mailed link reopens it first.
   * @param acr how strongly the owner has authenticated: `claims.acr` of the access token. Default: with a password
   * @param sessionId the session that asks for it. Default: none that could have ended meanwhile
   * @throws InvalidTokenError if the account has been deleted or disabled; TokenRevokedError if the session has ended;
   *   StepUpRequiredError without the second factor of an owner who has one, and for some time after a recovery
   */
  async close(userId: string, client?: ClientInfo, acr?: string, sessionId?: string): Promise<void> {
    const close = (epoch: number) =>
      this.work.change(userId, async ({ users, actions, states, mail, inside }, state) => {
        if (state!.epoch !== epoch) return false;
        await this.ownership?.assertOwner({ id: userId, acr }, 'account', { state: state!, inside });
        const user = await users.findById(userId);
        if (!user || user.disabled) throw new InvalidTokenError();
        const closesAt = await states.setClosing(userId, ACTION_LIFETIMES['restore-account']);
        await states.raiseEpoch(userId);
        const actionId = randomUUID();
        await actions.create({ id: actionId, purpose: 'restore-account', userId, email: user.email });
        const data = { name: user.name, closesAt: closesAt!.toISOString(), ...occasionOf(client) };
        await mail({ template: 'account-closing', to: user.email, userId, actionId, data });
        // Last: whoever is locked out has the link. One that stays open is not deleted.
        if (!(await neededMethod(users, 'setDisabled')(userId, true))) throw new InvalidTokenError();
        return true;
      });
    await whileLive(this.live, { id: userId, sessionId }, close);
    await this.tokens.revokeUser(userId, 'account-closing', client);
    await this.events.record('account-closing', userId, client);
  }

  /** Reopens the account. Its sessions stay ended. @throws ActionTokenInvalidError */
  async restore(token: string, client?: ClientInfo): Promise<void> {
    const presented = await this.links.read(token, 'restore-account');
    const userId = presented.action.userId!;
    // Those that could not be ended when it was closed would live again.
    await this.tokens.revokeUserSessions(userId, 'account-closing', undefined, client);
    await this.work.change(userId, async ({ users, actions, states }, state) => {
      if (!state?.closingAt) throw new ActionTokenInvalidError();
      await consume(presented, actions);
      // In this order: as long as it is to be deleted, it can be opened.
      if (!(await neededMethod(users, 'setDisabled')(userId, false))) throw new ActionTokenInvalidError();
      await states.setClosing(userId, null);
      await states.raiseEpoch(userId);
    });
    await this.events.record('account-restored', userId, client);
  }
}
