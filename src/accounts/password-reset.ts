import { randomUUID } from 'node:crypto';
import { type ActionTokens, consume } from '../actions/action-tokens.js';
import { ActionTokenInvalidError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { ForgetFactors } from '../mfa/forget-factors.js';
import type { DeviceProofs } from '../tokens/device-proofs.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { AccountProtection } from '../users/account-protection.js';
import { canonicalEmail } from '../users/email.js';
import type { PasswordPolicy } from '../users/password-policy.js';
import type { Passwords } from '../users/passwords.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import type { AccountWork } from './account-work.js';
import { stranger } from './applicants.js';
import { occasionOf } from './mail-data.js';
import type { MailboxLimits } from './mailbox-limits.js';
import { assertAllowed, invalid, setPassword } from './new-password.js';
import type { PasswordChanged } from './password-change.js';

/** The token of the mailed link, and the password that the user has chosen. */
export interface NewPasswordByMail {
  token: string;
  newPassword: string;
}

/** A way back for whoever has forgotten the password: a mailed link with which to choose another one. */
export class PasswordReset {
  /** @param forgetFactors given if a reset on an address that was not proven takes the account over */
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly policy: PasswordPolicy,
    private readonly protection: AccountProtection,
    private readonly tokens: TokensService,
    private readonly work: AccountWork,
    private readonly links: ActionTokens,
    private readonly limits: MailboxLimits,
    private readonly events: AccountEvents,
    private readonly devices: DeviceProofs,
    private readonly forgetFactors?: ForgetFactors,
  ) {}

  /**
   * Mails a link to the owner of the address. Does the same for an address without an account, for one that is disabled
   * or closed, and for one that has got too many mails, except that the mail is not sent.
   * @throws ValidationFailedError if the text is not an email address
   */
  async request(email: string, client?: ClientInfo): Promise<void> {
    const to = canonicalEmail(email);
    if (!to) throw invalid('email', 'email must be an email address, such as ada@example.com');
    const allowed = await this.limits.allow(to);
    const user = await this.users.findByEmail(to);
    const isKnown = user !== null && !user.disabled && allowed;
    const userId = isKnown ? user.id : randomUUID();
    const data = { name: user?.name ?? null, ...occasionOf(client) };
    await this.work.note(async ({ actions, mail, doOrPretend }) => {
      const actionId = randomUUID();
      // An action of nobody's, whose secret is never made, so that both cases write the same.
      await actions.create({ id: actionId, purpose: 'reset-password', userId, email: isKnown ? to : '' });
      await doOrPretend(isKnown, () => mail({ template: 'reset-password', to, userId, actionId, data }));
    });
    this.events.passwordResetRequested(to, user, client);
  }

  /**
   * Replaces the password, ends all sessions, and makes all pending actions worthless. The address counts as proven: if
   * it was not yet, everything that an earlier holder left behind goes too. A password that is not allowed leaves the
   * token usable. Returns a proof for the device, so that it is no stranger at the login that follows.
   * @throws ActionTokenInvalidError | ValidationFailedError
   */
  async reset({ token, newPassword }: NewPasswordByMail, client?: ClientInfo): Promise<PasswordChanged> {
    const presented = await this.links.read(token, 'reset-password');
    const user = await this.ownerOf(presented.action);
    const { id, email, name } = user;
    assertAllowed(this.policy, 'newPassword', newPassword, { email, name });
    const hash = await this.passwords.hash(newPassword, stranger(client, false));
    // Hashing takes a while, in which another reset with this link may have succeeded: its owner may be signed in by now.
    await this.links.read(token, 'reset-password');
    // Before the change too, so that no old session outlives it even if the process dies in between.
    await this.tokens.revokeUserSessions(id, 'password-reset', undefined, client);
    await this.work.change(id, async ({ users, actions, states, mail, inside }, state) => {
      const now = await users.findById(id);
      if (!now || now.disabled || now.email !== email) throw new ActionTokenInvalidError();
      await consume(presented, actions);
      if (!(await setPassword({ users, states }, now, hash, state))) throw new ActionTokenInvalidError();
      if (state?.provenEmail !== email) {
        await actions.cancel(id);
        await this.forgetFactors?.(id, inside);
        // Last: until everything is gone, another reset does the same.
        await states.prove(id, email);
      }
      await states.raiseEpoch(id);
      await mail({
        template: 'password-reset',
        to: email,
        userId: id,
        data: { name, ...occasionOf(client) },
      });
    });
    await this.tokens.revokeUserSessions(id, 'password-reset', undefined, client);
    // Not those of second factors: whoever reads the owner's mail must not get more guesses at their codes.
    await this.protection.forget({ id, email });
    await this.events.passwordReset(id, client);
    return { deviceProof: await this.devices.issue({ id, passwordHash: hash }) };
  }

  private async ownerOf({
    userId,
    email,
  }: {
    userId: string | null;
    email: string | null;
  }): Promise<UserRecord> {
    const user = userId === null ? null : await this.users.findById(userId);
    if (!user || user.disabled || user.email !== email) throw new ActionTokenInvalidError();
    return user;
  }
}
