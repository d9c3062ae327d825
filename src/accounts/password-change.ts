import { InvalidCredentialsError } from '../errors/auth-errors.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { DeviceProofs } from '../tokens/device-proofs.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { PasswordPolicy } from '../users/password-policy.js';
import type { Passwords } from '../users/passwords.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import type { AccountWork } from './account-work.js';
import { owner } from './applicants.js';
import { activeUser } from './active-user.js';
import { occasionOf } from './mail-data.js';
import { assertAllowed } from './new-password.js';
import type { PasswordAttempts, PasswordOwner } from './password-attempts.js';

/** The current password and the new one. */
export interface ChangedPassword {
  currentPassword: string;
  newPassword: string;
}

/** The password has been changed. */
export interface PasswordChanged {
  /** A new proof for the device on which this happened: see `LoginOutcome`. The proofs of before are worth nothing. */
  deviceProof: string;
}

export class PasswordChange {
  /** @param work changes accounts that are managed by mail or have second factors. Default: they are and have not */
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly policy: PasswordPolicy,
    private readonly attempts: PasswordAttempts,
    private readonly sessions: SessionStore,
    private readonly tokens: TokensService,
    private readonly events: AccountEvents,
    private readonly devices: DeviceProofs,
    private readonly work?: AccountWork,
  ) {}

  /** See `AuthService.changePassword`. */
  async change(
    { id, sessionId }: PasswordOwner,
    { currentPassword, newPassword }: ChangedPassword,
    client?: ClientInfo,
  ): Promise<PasswordChanged> {
    const epoch = await this.epochOf(id);
    const user = await activeUser(this.users, id);
    const { email, name } = user;
    assertAllowed(this.policy, 'newPassword', newPassword, { email, name, current: currentPassword });
    const change = async (passwordIsOff: boolean): Promise<PasswordChanged> => {
      const verified = await this.passwords.verify(user, currentPassword, owner(id, client));
      if (!verified || passwordIsOff) {
        this.events.passwordChangeFailed(user, sessionId, client);
        throw wrongPassword();
      }
      const next = await this.passwords.hash(newPassword, owner(id, client));
      const deviceProof = await this.devices.issue({ id, passwordHash: next });
      const now = () => this.withPassword(currentPassword, { user, epoch }, client);
      await this.sessions.exclusively(id, () => this.replace(now, next, sessionId, client));
      return { deviceProof };
    };
    const changed = await this.attempts.inSession({ id, sessionId }, change, client);
    // Failures at the old password say nothing about the new one.
    await this.attempts.forget(user);
    return changed;
  }

  /** @param find returns the account as long as its password is the one that was verified, and throws afterwards */
  private async replace(
    find: () => Promise<UserRecord>,
    next: string,
    sessionId: string,
    client?: ClientInfo,
  ): Promise<void> {
    // If another change has succeeded in the meantime, this one must not end the session of that change.
    const user = await find();
    const endOthers = () => this.tokens.revokeUserSessions(user.id, 'password-changed', sessionId, client);
    // The sessions end before the change, so that no old session outlives it even if the process dies in between, and
    // again after it, for sessions that have started in the meantime.
    await endOthers();
    if (!(await this.write(user, next, client)) && !(await this.write(await find(), next, client)))
      throw wrongPassword();
    await this.events.passwordChanged(user, sessionId, client);
    await endOthers();
  }

  /** The account now. A login that renews the hash has not changed the password; a reset to the same one has. */
  private async withPassword(
    password: string,
    { user, epoch }: { user: UserRecord; epoch: number },
    client?: ClientInfo,
  ): Promise<UserRecord> {
    const now = await activeUser(this.users, user.id);
    if (now.passwordHash === user.passwordHash) return now;
    const isSame = await this.passwords.verify(now, password, owner(now.id, client));
    if (!isSame || (await this.epochOf(user.id)) !== epoch) throw wrongPassword();
    return now;
  }

  private async epochOf(id: string): Promise<number> {
    return this.work ? (await this.work.records.states.of(id)).epoch : 0;
  }

  /** Where accounts are managed by mail, pending links die with the old password, and the owner is told. */
  private async write(user: UserRecord, next: string, client?: ClientInfo): Promise<boolean> {
    const { id, email, name } = user;
    const replace = (users: UserStore) => users.replacePasswordHash(id, user.passwordHash!, next);
    if (!this.work) return replace(this.users);
    return this.work.change(id, async ({ users, states, mail }) => {
      if (!(await replace(users))) return false;
      await states.raiseEpoch(id);
      await mail({
        template: 'password-changed',
        to: email,
        userId: id,
        data: { name, ...occasionOf(client) },
      });
      return true;
    });
  }
}

/** The caller is logged in, so naming the wrong field reveals nothing. */
function wrongPassword(): InvalidCredentialsError {
  const message = 'The current password is wrong.';
  return new InvalidCredentialsError({ message, details: [{ field: 'currentPassword', message }] });
}
