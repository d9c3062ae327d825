import { InvalidCredentialsError } from '../errors/auth-errors.js';
import { BY_PASSWORD } from '../sessions/authentication.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { RenewedAuthentication } from '../tokens/renewed-authentication.js';
import type { TokenLimits, TokenPair } from '../tokens/token-types.js';
import type { Passwords } from '../users/passwords.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { AccountEvents } from './account-events.js';
import { activeUser } from './active-user.js';
import { owner } from './applicants.js';
import type { PasswordAttempts, PasswordOwner } from './password-attempts.js';

/** The user has authenticated again; the access token says so. */
export interface SteppedUp {
  user: UserRecord;
  tokens: TokenPair;
}

/** Lets a signed-in user authenticate again within their session. */
export class StepUps {
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly attempts: PasswordAttempts,
    private readonly authentication: RenewedAuthentication,
    private readonly events: AccountEvents,
  ) {}

  /** See `AuthService.stepUp`. */
  async withPassword(
    { id, sessionId }: PasswordOwner,
    password: string,
    client?: ClientInfo,
    limits?: TokenLimits,
  ): Promise<SteppedUp> {
    const user = await activeUser(this.users, id);
    const check = async (passwordIsOff: boolean): Promise<SteppedUp> => {
      const now = passwordIsOff ? null : await this.verified(user, password, client);
      if (!now) {
        this.events.stepUpFailed(user, sessionId, client);
        throw wrongPassword();
      }
      const tokens = await this.authentication.record(now, sessionId, BY_PASSWORD, limits);
      this.events.steppedUp(now, sessionId, BY_PASSWORD.acr, client);
      return { user: now, tokens };
    };
    return this.attempts.inSession({ id, sessionId }, check, client);
  }

  /** The user as stored now: verifying takes time, in which the account may be disabled or get another password. */
  private async verified(
    user: UserRecord,
    password: string,
    client?: ClientInfo,
  ): Promise<UserRecord | null> {
    if (!(await this.passwords.verify(user, password, owner(user.id, client)))) return null;
    const now = await activeUser(this.users, user.id);
    const isSame = now.passwordHash === user.passwordHash;
    return isSame || (await this.passwords.verify(now, password, owner(user.id, client))) ? now : null;
  }
}

/** The caller is logged in, so naming the wrong field reveals nothing. */
function wrongPassword(): InvalidCredentialsError {
  const message = 'The password is wrong.';
  return new InvalidCredentialsError({ message, details: [{ field: 'password', message }] });
}
