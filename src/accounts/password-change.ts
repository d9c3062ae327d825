import { InvalidCredentialsError } from '../errors/auth-errors.js';
import type { SessionStore } from '../sessions/session-store.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { PasswordPolicy } from '../users/password-policy.js';
import type { Passwords } from '../users/passwords.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import { owner } from './applicants.js';
import { activeUser } from './active-user.js';
import { assertAllowed } from './new-password.js';
import type { PasswordAttempts } from './password-attempts.js';

/** The user who changes a password, and the session in which they do so. */
export interface PasswordOwner {
  id: string;
  sessionId: string;
}

/** The current password and the new one. */
export interface ChangedPassword {
  currentPassword: string;
  newPassword: string;
}

export class PasswordChange {
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly policy: PasswordPolicy,
    private readonly attempts: PasswordAttempts,
    private readonly sessions: SessionStore,
    private readonly tokens: TokensService,
    private readonly events: AccountEvents,
  ) {}

  /** See `AuthService.changePassword`. */
  async change(
    { id, sessionId }: PasswordOwner,
    { currentPassword, newPassword }: ChangedPassword,
    client?: ClientInfo,
  ): Promise<void> {
    const user = await activeUser(this.users, id);
    const { email, name } = user;
    assertAllowed(this.policy, 'newPassword', newPassword, { email, name, current: currentPassword });
    const change = async (passwordIsOff: boolean) => {
      const verified = await this.passwords.verify(user, currentPassword, owner(id, client));
      if (!verified || passwordIsOff) {
        this.events.passwordChangeFailed(user, sessionId, client);
        throw wrongPassword();
      }
      const next = await this.passwords.hash(newPassword, owner(id, client));
      await this.sessions.exclusively(id, () => this.replace(user, next, sessionId, client));
    };
    await this.attempts.run({ email, userId: id }, change, client);
  }

  private async replace(
    user: UserRecord,
    next: string,
    sessionId: string,
    client?: ClientInfo,
  ): Promise<void> {
    const endOthers = () => this.tokens.revokeUserSessions(user.id, 'password-changed', sessionId, client);
    // If another change has succeeded in the meantime, this one must not end the session of that change.
    if ((await activeUser(this.users, user.id)).passwordHash !== user.passwordHash) throw wrongPassword();
    // The sessions end before the change, so that no old session outlives it even if the process dies in between, and
    // again after it, for sessions that have started in the meantime.
    await endOthers();
    const replaced = await this.users.replacePasswordHash(user.id, user.passwordHash!, next);
    if (!replaced) throw wrongPassword();
    await this.events.passwordChanged(user, sessionId, client);
    await endOthers();
  }
}

/** The caller is logged in, so naming the wrong field reveals nothing. */
function wrongPassword(): InvalidCredentialsError {
  const message = 'The current password is wrong.';
  return new InvalidCredentialsError({ message, details: [{ field: 'currentPassword', message }] });
}
