import type { ClientInfo } from '../sessions/session-types.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import { activeUser } from './active-user.js';
import type { Credentials, Login } from './login.js';
import type { LoginOutcome } from './login-outcome.js';
import type { ChangedPassword, PasswordChange, PasswordOwner } from './password-change.js';
import type { Registration } from './new-accounts.js';
import type { Registrar } from './registration.js';

/**
 * What a person does with an account: the public face of `accounts/`, where each use case has a file. What becomes of a
 * session that has begun is up to `TokensService`.
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
   * Creates an account without logging anybody in.
   * @throws ValidationFailedError | EmailTakenError
   */
  createUser(registration: Registration, client?: ClientInfo): Promise<UserRecord> {
    return this.registrar.create(registration, client);
  }

  /**
   * Starts a session for the user with this email address and password.
   * @throws InvalidCredentialsError alike for an unknown address, a wrong password, a password that is off and a
   *   disabled account; RateLimitedError alike for all of them when the account has to wait
   */
  login(credentials: Credentials, client?: ClientInfo): Promise<LoginOutcome> {
    return this.logins.withPassword(credentials, client);
  }

  /**
   * Starts a session for a user whom a login method of your own has identified.
   * @throws InvalidCredentialsError when the account is disabled or gone
   */
  startSession({ id }: { id: string }, client?: ClientInfo): Promise<LoginOutcome> {
    return this.logins.asIdentified(id, client);
  }

  /**
   * The user as the store has them now.
   * @throws InvalidTokenError when the account is gone or disabled
   */
  me(userId: string): Promise<UserRecord> {
    return activeUser(this.users, userId);
  }

  /**
   * Replaces the password and ends every session but the one that asks.
   * @throws ValidationFailedError when the new password is not allowed; InvalidCredentialsError, with the field
   *   `currentPassword`, when the current one is wrong; RateLimitedError as `login` does
   */
  changePassword(owner: PasswordOwner, passwords: ChangedPassword, client?: ClientInfo): Promise<void> {
    return this.passwordChange.change(owner, passwords, client);
  }
}
