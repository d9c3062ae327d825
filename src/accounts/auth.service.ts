import {
  EmailTakenError,
  InvalidCredentialsError,
  InvalidTokenError,
  RateLimitedError,
  ValidationFailedError,
} from '../errors/auth-errors.js';
import type { TokenPair } from '../tokens/token-types.js';
import type { ClientInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { AccountProtection } from '../users/account-protection.js';
import type { TriedAccount } from '../users/login-attempts.js';
import { canonicalEmail } from '../users/email.js';
import type { PasswordPolicy } from '../users/password-policy.js';
import type { Passwords } from '../users/passwords.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import type { Authenticated, Registration } from './authenticated.js';
import type { AccountEvents } from './account-events.js';

/** Accounts and passwords: who may have a session. What becomes of the session is up to `TokensService`. */
export class AuthService {
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly policy: PasswordPolicy,
    private readonly tokens: TokensService,
    private readonly protection: AccountProtection,
    private readonly events: AccountEvents,
  ) {}

  /**
   * Creates an account and starts its first session.
   * @throws ValidationFailedError | EmailTakenError
   */
  async register(registration: Registration, client?: ClientInfo): Promise<Authenticated> {
    const user = await this.addUser(registration);
    try {
      const tokens = await this.tokens.issue(user, client);
      await this.events.registered(user, client, tokens);
      return { user, tokens };
    } catch (error) {
      await this.events.registered(user, client); // the account is there all the same
      throw error;
    }
  }

  /**
   * Creates an account without logging anybody in.
   * @throws ValidationFailedError | EmailTakenError
   */
  async createUser(registration: Registration, client?: ClientInfo): Promise<UserRecord> {
    const user = await this.addUser(registration);
    await this.events.registered(user, client);
    return user;
  }

  /**
   * Starts a session for the user whose address and password these are.
   * @throws InvalidCredentialsError alike for an unknown address, a wrong password, a password that is off and a
   *   disabled account; RateLimitedError alike for all of them when the account has to wait
   */
  async login(
    { email, password }: { email: string; password: string },
    client?: ClientInfo,
  ): Promise<Authenticated> {
    const canonical = canonicalEmail(email);
    const found = canonical ? await this.users.findByEmail(canonical) : null;
    const check = async (passwordIsOff: boolean) => {
      const verified = await this.passwords.verify(found, password);
      if (!found || !verified || passwordIsOff) {
        this.events.loginFailed(canonical ?? email, found, client);
        throw new InvalidCredentialsError();
      }
      const tokens = await this.tokens.issue(found, client);
      const user = await this.confirmUnchanged(found, password, tokens, client);
      await this.passwords.refreshHash(user, password);
      await this.events.loggedIn(user, tokens, client);
      return { user, tokens };
    };
    // What is no address is nobody's account: there is nothing to guess.
    if (!canonical) return check(false);
    return this.attempt({ email: canonical, userId: found?.id ?? null }, check, client);
  }

  /**
   * Starts a session for a user whom a login method of your own has identified.
   * @throws InvalidCredentialsError when the account is disabled or gone
   */
  async startSession({ id }: { id: string }, client?: ClientInfo): Promise<Authenticated> {
    const found = await this.users.findById(id);
    if (!found || found.disabled) throw new InvalidCredentialsError();
    const tokens = await this.tokens.issue(found, client);
    // As in `login`: a revocation that came with the account's end may have missed the session just begun.
    const user = await this.users.findById(id);
    if (user && !user.disabled) {
      await this.events.loggedIn(user, tokens, client);
      return { user, tokens };
    }
    await this.tokens.revoke(tokens.refreshToken, client);
    throw new InvalidCredentialsError();
  }

  /** @throws InvalidTokenError when the account is gone or disabled */
  async me(userId: string): Promise<UserRecord> {
    const user = await this.users.findById(userId);
    if (!user || user.disabled) throw new InvalidTokenError();
    return user;
  }

  /**
   * Replaces the password and ends every session but the one that asks.
   * @throws ValidationFailedError | InvalidCredentialsError | RateLimitedError, the last two as `login` does
   */
  async changePassword(
    { id, sessionId }: { id: string; sessionId: string },
    { currentPassword, newPassword }: { currentPassword: string; newPassword: string },
    client?: ClientInfo,
  ): Promise<void> {
    const user = await this.me(id);
    this.assertAllowed('newPassword', newPassword, { email: user.email, current: currentPassword });
    const change = async (passwordIsOff: boolean) => {
      const verified = await this.passwords.verify(user, currentPassword);
      if (!verified || passwordIsOff) {
        this.events.passwordChangeFailed(user, sessionId, client);
        throw new InvalidCredentialsError();
      }
      const next = await this.passwords.hash(newPassword);
      const endOthers = () => this.tokens.revokeUserSessions(id, 'password-changed', sessionId, client);
      await this.tokens.exclusively(id, async () => {
        // Who changed it meanwhile has won: the others must not end the winner's session.
        if ((await this.me(id)).passwordHash !== user.passwordHash) throw new InvalidCredentialsError();
        // Before: should we die between the two, no old session outlives the change. After: for one begun meanwhile.
        await endOthers();
        const replaced = await this.users.replacePasswordHash(id, user.passwordHash!, next);
        if (!replaced) throw new InvalidCredentialsError();
        await this.events.passwordChanged(user, sessionId, client);
        await endOthers();
      });
    };
    await this.attempt({ email: user.email, userId: id }, change, client);
  }

  private async attempt<T>(
    account: TriedAccount,
    check: (passwordIsOff: boolean) => Promise<T>,
    client?: ClientInfo,
  ): Promise<T> {
    try {
      return await this.protection.attempt(account, check);
    } catch (error) {
      if (error instanceof RateLimitedError) this.events.mustWait(account.userId, client);
      throw error;
    }
  }

  private async addUser({ email, password, name }: Registration): Promise<UserRecord> {
    const canonical = canonicalEmail(email);
    if (!canonical) throw invalid('email', 'email must be an e-mail address, such as ada@example.com');
    this.assertAllowed('password', password, { email: canonical });

    const passwordHash = await this.passwords.hash(password);
    const user = await this.users.create({ email: canonical, name: name ?? null, passwordHash });
    if (!user) throw new EmailTakenError();
    return user;
  }

  /**
   * A password takes long to verify. If the account was disabled or its password changed meanwhile, the revocation that
   * came with it may have missed the session just begun: so look once more, now that the session can be seen.
   */
  private async confirmUnchanged(
    before: UserRecord,
    password: string,
    tokens: TokenPair,
    client?: ClientInfo,
  ): Promise<UserRecord> {
    const now = await this.users.findById(before.id);
    const same = now && !now.disabled && now.passwordHash === before.passwordHash;
    if (same || (now && (await this.passwords.verify(now, password)))) return now;
    await this.tokens.revoke(tokens.refreshToken, client);
    this.events.loginFailed(before.email, now, client);
    throw new InvalidCredentialsError();
  }

  private assertAllowed(field: string, password: string, context: { email: string; current?: string }): void {
    const problem = this.policy.problem(password, context);
    if (problem) throw invalid(field, problem);
  }
}

function invalid(field: string, message: string): ValidationFailedError {
  return new ValidationFailedError({ details: [{ field, message }] });
}
