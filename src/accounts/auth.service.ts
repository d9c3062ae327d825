import type { FactorAnswer } from '../mfa/factor-kind.js';
import type { SessionAuthentication } from '../sessions/authentication.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokenLimits } from '../tokens/token-types.js';
import { hidingHash } from '../users/hidden-hash.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import { activeUser } from './active-user.js';
import type { Credentials, Login } from './login.js';
import type { Authenticated, LoginOutcome } from './login-outcome.js';
import type { MfaLogin, SecondStep } from './mfa-login.js';
import type { PasswordOwner } from './password-attempts.js';
import type { ChangedPassword, PasswordChange, PasswordChanged } from './password-change.js';
import type { Registration } from './new-accounts.js';
import type { Registrar } from './registration.js';
import type { SessionOwner, SteppedUp, StepUps } from './step-up.js';

/**
 * Registration, login and password change: the public API of `accounts/`, where each use case has its own file.
 * `TokensService` manages sessions once they have started.
 *
 * The users that the methods return have a password hash that can be read but is not enumerable: JSON and copies of them
 * do not contain it.
 */
export class AuthService {
  /** @internal */
  constructor(
    private readonly users: UserStore,
    private readonly registrar: Registrar,
    private readonly logins: Login,
    private readonly passwordChange: PasswordChange,
    private readonly stepUps: StepUps,
    private readonly mfaLogins?: MfaLogin,
  ) {}

  /**
   * Creates an account and starts its first session.
   * @param fields the values of your own fields, for `UserStore.create` and `registration.onRegister`. They are not
   *   validated here, and apart from the registration, so that a body passed on as it came sets none
   * @throws ValidationFailedError | EmailTakenError
   */
  async register(registration: Registration, client?: ClientInfo, fields?: object): Promise<LoginOutcome> {
    return hidden(await this.registrar.register(registration, client, fields));
  }

  /**
   * Creates an account without starting a session.
   * @param fields as for `register`
   * @throws ValidationFailedError | EmailTakenError
   */
  async createUser(registration: Registration, client?: ClientInfo, fields?: object): Promise<UserRecord> {
    return hidingHash(await this.registrar.create(registration, client, fields));
  }

  /**
   * Starts a session for the user with this email address and password.
   * @param deviceProof what an earlier login on this device returned, if anything: failures of strangers then do not
   *   count, and room is kept while too many passwords wait to be verified. An invalid proof is as good as none
   * @param trustedDevice what a device holds on which the user need not present a second factor, if it is one
   * @throws InvalidCredentialsError for an unknown address, a wrong password, a password that is off, or a disabled
   *   account, without distinguishing them; RateLimitedError if the account has to wait, in all of these cases alike
   */
  async login(
    credentials: Credentials,
    client?: ClientInfo,
    deviceProof?: string,
    trustedDevice?: string,
  ): Promise<LoginOutcome> {
    return hidden(await this.logins.withPassword(credentials, client, deviceProof, trustedDevice));
  }

  /**
   * Completes a login whose outcome was `second-factor-needed`.
   * @throws ActionTokenInvalidError if its ticket has expired, was used, or was tried five times, or if the account has
   *   changed; InvalidCodeError if the answer is wrong; RateLimitedError if the account has to wait
   */
  async completeLogin(step: SecondStep, client?: ClientInfo): Promise<Authenticated> {
    if (!this.mfaLogins) throw new Error('There are no second factors: give AuthModule the option mfa.');
    return hidden(await this.mfaLogins.complete(step, client));
  }

  /**
   * Starts a session for a user who has been identified by your own login method. No second factor is asked for.
   * @param authentication what that method is worth. Default: a password
   * @throws InvalidCredentialsError if the account has been deleted or disabled
   */
  async startSession(
    { id }: { id: string },
    client?: ClientInfo,
    authentication?: SessionAuthentication,
  ): Promise<Authenticated> {
    return hidden(await this.logins.asIdentified(id, client, authentication));
  }

  /**
   * Authenticates a signed-in user again, within the session: its new access token passes `@StepUp`. The refresh token
   * stays the same.
   * @throws InvalidCredentialsError, with the field `password`, if the password is wrong; RateLimitedError if the
   *   session has to wait after failures of its own; InvalidTokenError or TokenRevokedError if the account is disabled or the
   *   session has ended
   */
  async stepUp(
    owner: PasswordOwner,
    { password }: { password: string },
    client?: ClientInfo,
    limits?: TokenLimits,
  ): Promise<SteppedUp> {
    return hidden(await this.stepUps.withPassword(owner, password, client, limits));
  }

  /**
   * Like {@link stepUp}, by a second factor: the new access token has the `acr` of the factor.
   * @throws InvalidCodeError if the answer is wrong; RateLimitedError if the account has to wait
   */
  async stepUpWithFactor(
    owner: SessionOwner,
    answer: FactorAnswer,
    client?: ClientInfo,
    limits?: TokenLimits,
  ): Promise<SteppedUp> {
    return hidden(await this.stepUps.withFactor(owner, answer, client, limits));
  }

  /**
   * Returns the current state of a user.
   * @throws InvalidTokenError if the account has been deleted or disabled
   */
  async me(userId: string): Promise<UserRecord> {
    return hidingHash(await activeUser(this.users, userId));
  }

  /**
   * Replaces the password and ends all sessions of the user except the current one.
   * @throws ValidationFailedError if the new password is not allowed; InvalidCredentialsError, with the field
   *   `currentPassword`, if the current password is wrong; RateLimitedError if the session has to wait after failures of
   *   its own
   */
  changePassword(
    owner: PasswordOwner,
    passwords: ChangedPassword,
    client?: ClientInfo,
  ): Promise<PasswordChanged> {
    return this.passwordChange.change(owner, passwords, client);
  }
}

function hidden<End extends { user: UserRecord }>(end: End): End {
  return { ...end, user: hidingHash(end.user) };
}
