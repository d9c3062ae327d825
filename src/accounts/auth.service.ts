import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import { activeUser } from './active-user.js';
import type { Credentials, Login } from './login.js';
import type { LoginOutcome } from './login-outcome.js';
import type { ChangedPassword, PasswordChange, PasswordOwner } from './password-change.js';
import type { Registration } from './new-accounts.js';
import type { Registrar } from './registration.js';

/**
 * Registration, login and password change: the public API of `accounts/`, where each use case has its own file.
 * `TokensService` manages sessions once they have started.
 */
export class AuthService {
  constructor(
    private readonly users: UserStore,
    private readonly registrar: Registrar,
    private readonly logins: Login,
    private readonly passwordChange: PasswordChange,
  ) {}

  /**
   * Creates an account and starts its first session.
   * @throws ValidationFailedError | EmailTakenError
   */
  register(registration: Registration, client?: ClientInfo): Promise<LoginOutcome> {
    return this.registrar.register(registration, client);
  }

  /**
   * Creates an account without starting a session.
   * @throws ValidationFailedError | EmailTakenError
   */
  createUser(registration: Registration, client?: ClientInfo): Promise<UserRecord> {
    return this.registrar.create(registration, client);
  }

  /**
   * Starts a session for the user with this email address and password.
   * @param knownUser the id of a user who has logged in with this client before, if the client can prove it: while too
   *   many passwords wait to be verified, room is kept for them
   * @throws InvalidCredentialsError for an unknown address, a wrong password, a password that is off, or a disabled
   *   account, without distinguishing them; RateLimitedError if the account has to wait, in all of these cases alike
   */
  login(credentials: Credentials, client?: ClientInfo, knownUser?: string): Promise<LoginOutcome> {
    return this.logins.withPassword(credentials, client, knownUser);
  }

  /**
   * Starts a session for a user who has been identified by your own login method.
   * @throws InvalidCredentialsError if the account has been deleted or disabled
   */
  startSession({ id }: { id: string }, client?: ClientInfo): Promise<LoginOutcome> {
    return this.logins.asIdentified(id, client);
  }

  /**
   * Returns the current state of a user.
   * @throws InvalidTokenError if the account has been deleted or disabled
   */
  me(userId: string): Promise<UserRecord> {
    return activeUser(this.users, userId);
  }

  /**
   * Replaces the password and ends all sessions of the user except the current one.
   * @throws ValidationFailedError if the new password is not allowed; InvalidCredentialsError, with the field
   *   `currentPassword`, if the current password is wrong; RateLimitedError if the account has to wait, as for `login`
   */
  changePassword(owner: PasswordOwner, passwords: ChangedPassword, client?: ClientInfo): Promise<void> {
    return this.passwordChange.change(owner, passwords, client);
  }
}
