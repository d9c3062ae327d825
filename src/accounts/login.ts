import { InvalidCredentialsError } from '../errors/auth-errors.js';
import type { ClientInfo } from '../sessions/session-types.js';
import { canonicalEmail } from '../users/email.js';
import type { Passwords } from '../users/passwords.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import { owner, stranger } from './applicants.js';
import type { AccountEvents } from './account-events.js';
import type { LoginOutcome } from './login-outcome.js';
import type { PasswordAttempts } from './password-attempts.js';
import type { SessionStart } from './session-start.js';

/** An email address as the user typed it, and the password. */
export interface Credentials {
  email: string;
  password: string;
}

/** Logs users in with a password, or after the host has identified them. */
export class Login {
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly attempts: PasswordAttempts,
    private readonly sessions: SessionStart,
    private readonly events: AccountEvents,
  ) {}

  /** See `AuthService.login`. */
  async withPassword(
    { email, password }: Credentials,
    client?: ClientInfo,
    knownUser?: string,
  ): Promise<LoginOutcome> {
    const canonical = canonicalEmail(email);
    const found = canonical ? await this.users.findByEmail(canonical) : null;
    const check = async (passwordIsOff: boolean, failedBefore: boolean): Promise<LoginOutcome> => {
      const applicant =
        found && found.id === knownUser ? owner(found.id, client) : stranger(client, failedBefore);
      const verified = await this.passwords.verify(found, password, applicant);
      if (!found || !verified || passwordIsOff) return this.refuse(canonical ?? email, found, client);
      return this.enter(found, password, client);
    };
    // Text that is not an email address belongs to no account, so there is nothing to guess.
    if (!canonical) return check(false, false);
    return this.attempts.run({ email: canonical, userId: found?.id ?? null }, check, client);
  }

  /** See `AuthService.startSession`. */
  async asIdentified(id: string, client?: ClientInfo): Promise<LoginOutcome> {
    const found = await this.users.findById(id);
    if (!found || found.disabled) throw new InvalidCredentialsError();
    const start = await this.sessions.begin(found, (now) => !now.disabled, client);
    if (start.outcome === 'changed') throw new InvalidCredentialsError();
    this.events.loggedIn(start.user, start.sessionId, client);
    return { outcome: 'signed-in', user: start.user, tokens: start.tokens };
  }

  private async enter(found: UserRecord, password: string, client?: ClientInfo): Promise<LoginOutcome> {
    const isStillGood = (now: UserRecord) =>
      (!now.disabled && now.passwordHash === found.passwordHash) ||
      this.passwords.verify(now, password, owner(now.id, client));
    const start = await this.sessions.begin(found, isStillGood, client);
    if (start.outcome === 'changed') return this.refuse(found.email, start.user, client);
    await this.passwords.refreshHash(start.user, password, owner(start.user.id, client));
    this.events.loggedIn(start.user, start.sessionId, client);
    return { outcome: 'signed-in', user: start.user, tokens: start.tokens };
  }

  private refuse(email: string, user: UserRecord | null, client?: ClientInfo): never {
    this.events.loginFailed(email, user, client);
    throw new InvalidCredentialsError();
  }
}
