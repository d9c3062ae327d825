import { randomUUID } from 'node:crypto';
import { ACTION_LIFETIMES } from '../actions/action-purposes.js';
import { type ActionTokens, consume } from '../actions/action-tokens.js';
import { ActionTokenInvalidError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import type { AccountWork } from './account-work.js';
import { activeUser } from './active-user.js';
import { expiryOf } from './mail-data.js';
import type { MailboxLimits } from './mailbox-limits.js';

/** Lets people prove that they read the mail of their address. */
export class EmailVerification {
  constructor(
    private readonly users: UserStore,
    private readonly work: AccountWork,
    private readonly links: ActionTokens,
    private readonly limits: MailboxLimits,
    private readonly events: AccountEvents,
  ) {}

  /** Whether the present address of a user is proven. */
  async isProven({ id, email }: Pick<UserRecord, 'id' | 'email'>): Promise<boolean> {
    return (await this.work.records.states.of(id)).provenEmail === email;
  }

  /**
   * Mails a link to the user, unless the address is proven or the mailbox has got too many mails.
   * @throws InvalidTokenError if the account has been deleted or disabled
   */
  async request(userId: string): Promise<void> {
    await this.send(await activeUser(this.users, userId));
  }

  /** Like {@link request}, for a user who has just been read. */
  async send(user: UserRecord): Promise<void> {
    const { id: userId, email: to, name } = user;
    const isAllowed = await this.limits.allow(to);
    const isNeeded = !(await this.isProven(user)) && isAllowed;
    await this.work.note(async ({ actions, mail, doOrPretend }) => {
      const actionId = randomUUID();
      await actions.create({ id: actionId, purpose: 'verify-email', userId, email: to });
      const data = { name, ...expiryOf(ACTION_LIFETIMES['verify-email']) };
      await doOrPretend(isNeeded, () => mail({ template: 'verify-email', to, userId, actionId, data }));
    });
  }

  /**
   * The address counts as proven, if it still is that of the account.
   * @throws ActionTokenInvalidError
   */
  async verify(token: string, client?: ClientInfo): Promise<void> {
    const presented = await this.links.read(token, 'verify-email');
    const { userId, email } = presented.action;
    await this.work.change(userId!, async ({ users, actions, states }) => {
      const user = await users.findById(userId!);
      if (!user || user.disabled || user.email !== email) throw new ActionTokenInvalidError();
      await consume(presented, actions);
      await states.prove(user.id, user.email);
    });
    await this.events.record('email-verified', userId!, client);
  }
}
