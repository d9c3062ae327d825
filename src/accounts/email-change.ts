import { randomUUID } from 'node:crypto';
import type { ActionPayloads } from '../actions/action-payloads.js';
import { ACTION_LIFETIMES } from '../actions/action-purposes.js';
import type { ActionStore } from '../actions/action-store.js';
import { type ActionTokens, consume } from '../actions/action-tokens.js';
import { type LivePlaces, whileLive } from '../actions/while-live.js';
import { ActionTokenInvalidError } from '../errors/auth-errors.js';
import type { Actor, Ownership } from '../mfa/ownership.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import { canonicalEmail, maskEmail } from '../users/email.js';
import { neededMethod } from '../users/needed-method.js';
import type { UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import type { AccountWork } from './account-work.js';
import { activeUser } from './active-user.js';
import { expiryOf, occasionOf } from './mail-data.js';
import type { MailboxLimits } from './mailbox-limits.js';
import { invalid, setPassword } from './new-password.js';
import type { PasswordOwner } from './password-attempts.js';

interface Payload {
  /** The address that is to be replaced. */
  from: string;
  undoId: string;
  /** The session that asked for the change, which stays. */
  sessionId: string;
}

/** Another address for an account. It counts once it is proven. */
export class EmailChange {
  private readonly live: LivePlaces;

  constructor(
    private readonly users: UserStore,
    private readonly tokens: TokensService,
    private readonly work: AccountWork,
    private readonly links: ActionTokens,
    private readonly payloads: ActionPayloads,
    private readonly limits: MailboxLimits,
    private readonly events: AccountEvents,
    sessions: Pick<SessionStore, 'isLive'>,
    private readonly ownership: Ownership | undefined,
  ) {
    this.live = { sessions, states: work.records.states };
  }

  /**
   * Mails a link to the new address, and a warning to the old one, with a link that prevents or undoes the change. Does the
   * same for an address that is taken, whose owner learns of the attempt; for the present address, no mail is sent.
   * @param actor with `claims.acr` of the access token; without it, they have authenticated with a password
   * @throws ValidationFailedError | InvalidTokenError; TokenRevokedError if the session has ended; StepUpRequiredError without
   *   the second factor of an owner who has one, and for some time after a recovery
   */
  async request(
    { id: userId, sessionId, acr }: PasswordOwner & Actor,
    newEmail: string,
    client?: ClientInfo,
  ): Promise<void> {
    const next = canonicalEmail(newEmail);
    if (!next) throw invalid('newEmail', 'newEmail must be an email address, such as ada@example.com');
    const { email: from, name } = await activeUser(this.users, userId);
    const allowed = (await this.limits.allow(next)) && next !== from;
    const owner = await this.users.findByEmail(next);
    const isTaken = (await this.work.records.actions.isReserved(next, userId)) || owner !== null;
    const [id, undoId] = [randomUUID(), randomUUID()];
    const sealed = this.payloads.seal({ from, undoId, sessionId } satisfies Payload, {
      id,
      purpose: 'change-email',
    });
    const told = { name, ...occasionOf(client) };
    const write = (epoch: number) =>
      this.work.note(async ({ actions, states, mail, doOrPretend, inside }) => {
        const state = await states.lock(userId);
        if (state.epoch !== epoch) return false;
        await this.ownership?.assertOwner({ id: userId, acr }, 'account', { state, inside });
        await actions.create({ id: undoId, purpose: 'undo-email', userId, email: from, outlivesEpoch: true });
        await actions.create({ id, purpose: 'change-email', userId, email: next, payload: sealed });
        const send = async () => {
          await (isTaken
            ? mail({ template: 'address-taken', to: next, userId: owner?.id, data: occasionOf(client) })
            : mail({
                template: 'email-change-confirm',
                to: next,
                userId,
                actionId: id,
                data: { name, ...expiryOf(ACTION_LIFETIMES['change-email']) },
              }));
          const data = { ...told, newEmail: maskEmail(next), ...expiryOf(ACTION_LIFETIMES['undo-email']) };
          await mail({ template: 'email-change-requested', to: from, userId, actionId: undoId, data });
        };
        await doOrPretend(allowed, send);
        return true;
      });
    await whileLive(this.live, { id: userId, sessionId }, write);
    await this.events.record('email-change-requested', userId, client, sessionId);
  }

  /**
   * Replaces the address, which is proven by the link, and ends all sessions but the one that asked for it. The old address
   * can be restored for seven days, and nobody else can have it until then.
   * @throws ActionTokenInvalidError, also if the address has been taken in the meantime
   */
  async confirm(token: string, client?: ClientInfo): Promise<void> {
    const presented = await this.links.read(token, 'change-email');
    const { action } = presented;
    const payload = this.payloads.open(action.payload, action) as Payload | null;
    if (!payload) throw new ActionTokenInvalidError();
    const [userId, next] = [action.userId!, action.email!];
    const { from, undoId, sessionId } = payload;
    const endOthers = () => this.tokens.revokeUserSessions(userId, 'email-changed', sessionId, client);
    // Before the change too: if sessions cannot be ended, the link can be used again.
    await endOthers();
    await this.work.change(userId, async ({ users, actions, states, mail }) => {
      const user = await users.findById(userId);
      if (!user || user.disabled || user.email !== from) throw new ActionTokenInvalidError();
      await consume(presented, actions);
      if (await actions.isReserved(next, userId)) throw new ActionTokenInvalidError();
      if (!(await neededMethod(users, 'replaceEmail')(userId, from, next)))
        throw new ActionTokenInvalidError();
      await states.prove(userId, next);
      await states.raiseEpoch(userId);
      await endDetour(userId, next, actions);
      await actions.extend(undoId, ACTION_LIFETIMES['undo-email']);
      const canUndo = (await actions.find(undoId)) !== null;
      const data = { name: user.name, newEmail: maskEmail(next), ...occasionOf(client) };
      const undo = canUndo && { actionId: undoId };
      const until = canUndo && expiryOf(ACTION_LIFETIMES['undo-email']);
      await mail({ template: 'email-changed', to: from, userId, ...undo, data: { ...data, ...until } });
      await mail({ template: 'email-changed', to: next, userId, data });
    });
    await endOthers();
    await this.events.record('email-changed', userId, client);
  }

  /**
   * Gives the account back to the owner of the former address: restores it, ends all sessions, turns the password off until
   * it is reset, and makes worthless what was requested since. Also reopens the account if it was closed since.
   * @throws ActionTokenInvalidError
   */
  async undo(token: string, client?: ClientInfo): Promise<void> {
    const presented = await this.links.read(token, 'undo-email');
    const { action } = presented;
    const [userId, email] = [action.userId!, action.email!];
    const endAll = () => this.tokens.revokeUserSessions(userId, 'email-changed', undefined, client);
    // Before the change too: if sessions cannot be ended, the link can be used again.
    await endAll();
    await this.work.change(userId, async ({ users, actions, states, mail }, state) => {
      const user = await users.findById(userId);
      if (!user || (user.disabled && !state?.closingAt)) throw new ActionTokenInvalidError();
      await consume(presented, actions);
      await actions.cancel(userId, { purpose: 'undo-email', since: action.createdAt, email });
      if (user.email !== email && !(await neededMethod(users, 'replaceEmail')(userId, user.email, email)))
        throw new ActionTokenInvalidError();
      if (user.passwordHash != null && !(await setPassword({ users, states }, user, null, state)))
        throw new ActionTokenInvalidError();
      if (state?.closingAt) {
        // In this order: as long as it is to be deleted, it can be opened.
        if (!(await neededMethod(users, 'setDisabled')(userId, false))) throw new ActionTokenInvalidError();
        await states.setClosing(userId, null);
      }
      await states.prove(userId, email);
      await states.raiseEpoch(userId);
      const resetId = randomUUID();
      await actions.create({ id: resetId, purpose: 'reset-password', userId, email });
      const data = { name: user.name, ...expiryOf(ACTION_LIFETIMES['reset-password']) };
      await mail({ template: 'reset-password', to: email, userId, actionId: resetId, data });
      if (user.email !== email)
        await mail({
          template: 'email-changed',
          to: user.email,
          userId,
          data: { newEmail: maskEmail(email), ...occasionOf(client) },
        });
    });
    await endAll();
    await this.events.record('email-change-undone', userId, client);
  }
}

/**
 * An account that is back at an address which it could have taken back anyway no longer goes back to those in between:
 * otherwise a thief, who has moved it to an address of their own and back again, could take it once more later.
 */
async function endDetour(userId: string, email: string, actions: ActionStore): Promise<void> {
  for (const { id, purpose, email: restored, createdAt } of await actions.listOf(userId)) {
    if (purpose !== 'undo-email' || restored !== email || !(await actions.find(id))) continue;
    await actions.cancel(userId, { purpose, since: createdAt, email });
  }
}
