import type { AccountStates } from '../actions/account-states.js';
import { InvalidCredentialsError, InvalidTokenError } from '../errors/auth-errors.js';
import { type FactorAnswer, withFactor } from '../mfa/factor-kind.js';
import type { SecondFactors } from '../mfa/second-factors.js';
import { BY_PASSWORD } from '../sessions/authentication.js';
import type { SessionStore } from '../sessions/session-store.js';
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

/** A signed-in user, and what their session has shown before. */
export interface SessionOwner extends PasswordOwner {
  /** `claims.amr` of the access token. Default: with a password. */
  amr?: readonly string[] | undefined;
}

/** What a step-up with a second factor needs. */
export interface FactorStepUps {
  factors: SecondFactors;
  states: Pick<AccountStates, 'of'>;
  sessions: Pick<SessionStore, 'lower'>;
}

/** Lets a signed-in user authenticate again within their session. */
export class StepUps {
  /** @param second given if there are second factors */
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly attempts: PasswordAttempts,
    private readonly authentication: RenewedAuthentication,
    private readonly events: AccountEvents,
    private readonly second?: FactorStepUps,
  ) {}

  /** See `AuthService.stepUpWithFactor`. */
  async withFactor(
    { id, sessionId, amr }: SessionOwner,
    answer: FactorAnswer,
    client?: ClientInfo,
    limits?: TokenLimits,
  ): Promise<SteppedUp> {
    if (!this.second) throw new Error('There are no second factors: give AuthModule the option mfa.');
    const { factors, states, sessions } = this.second;
    await activeUser(this.users, id);
    const { epoch } = await states.of(id);
    const proof = await factors.prove(id, answer, { use: 'step-up', boundTo: sessionId }, client);
    const user = await activeUser(this.users, id);
    const tokens = await this.authentication.record(user, sessionId, withFactor(proof, amr), limits);
    // Between the proof and now, the factor may have been removed, which lowered the session.
    if ((await states.of(id)).epoch !== epoch) {
      await sessions.lower!(sessionId, id);
      throw new InvalidTokenError();
    }
    this.events.steppedUp(user, sessionId, proof.acr, client);
    return { user, tokens };
  }

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
