import type { AuthEvents } from '../events/auth-events.js';
import type { SessionInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { AccountProtection } from '../users/account-protection.js';
import { canonicalEmail, maskEmail } from '../users/email.js';
import { neededMethod } from '../users/needed-method.js';
import type { UserAccess, UserRecord, UserStore } from '../users/user-store.js';
import { type Account, toAccounts } from './account.js';
import { AccountList, type AccountPage, type AccountQuery } from './account-list.js';
import type { NewAccounts, Registration } from './new-accounts.js';
import { invalid } from './new-password.js';
import { validAccess } from './valid-access.js';

/** An account that an operator adds. */
export type NewAccount = Registration & Partial<UserAccess>;

/** The length of the column in our own table, and the limit of the registration endpoint. */
const MAX_NAME_LENGTH = 200;

/**
 * Everything an operator does with accounts, on any user store. The command line uses it, and your own pages can. It does
 * not check who calls it, so guard your routes. Each change is recorded as an event before the method resolves. When no
 * account has the id, the answer is null or false. A method that the user store lacks is an error that names it.
 */
export class AccountAdmin {
  private readonly accounts: AccountList;

  constructor(
    private readonly users: UserStore,
    private readonly newAccounts: NewAccounts,
    private readonly tokens: TokensService,
    private readonly protection: AccountProtection,
    private readonly events: AuthEvents,
  ) {
    this.accounts = new AccountList(users, protection);
  }

  /**
   * Adds an account with its roles and permissions in one step, without logging anybody in.
   * @throws ValidationFailedError | EmailTakenError
   */
  async create({ email, password, name, roles, permissions }: NewAccount): Promise<Account> {
    assertName(name);
    const access = this.accessOfNew({ roles, permissions });
    const user = await this.newAccounts.add({ email, password, name }, access);
    await this.events.record({ type: 'registered', userId: user.id, email: maskEmail(user.email) });
    return this.view(user);
  }

  /** The account with this id or this email address. */
  async find(idOrEmail: string): Promise<Account | null> {
    const email = canonicalEmail(idOrEmail);
    const user = (email && (await this.users.findByEmail(email))) || (await this.users.findById(idOrEmail));
    return user && this.view(user);
  }

  /**
   * A page of the matching accounts, ordered by address; the order of `locked` accounts has no meaning.
   * @throws ValidationFailedError for an invalid limit, cursor or address
   */
  list(query: AccountQuery = {}): Promise<AccountPage> {
    return this.accounts.page(query);
  }

  /** Locks somebody out and ends all their sessions and access tokens. False when there is no such account. */
  async disable(id: string): Promise<boolean> {
    // Committed before sessions are ended: a later login sees the flag, and one in progress reads the user again.
    if (!(await neededMethod(this.users, 'setDisabled')(id, true))) return false;
    await this.tokens.revokeUser(id);
    return true;
  }

  /** Lets somebody in again, even if the password was turned off. Ended sessions stay ended. */
  async enable(id: string): Promise<boolean> {
    const enabled = await neededMethod(this.users, 'setDisabled')(id, false);
    const user = enabled && (await this.users.findById(id));
    if (!user) return false;
    await this.protection.reset(user.email);
    await this.events.record({ type: 'user-enabled', userId: id });
    return true;
  }

  /**
   * Replaces a user's roles and permissions. Sessions get the new ones at their next refresh; end them if that is too
   * late. False when there is no such account.
   * @throws ValidationFailedError
   */
  async setRoles(id: string, { roles, permissions }: UserAccess): Promise<boolean> {
    const access = validAccess({ roles, permissions });
    if (!(await neededMethod(this.users, 'setAccess')(id, access))) return false;
    await this.events.record({ type: 'access-changed', userId: id, ...access });
    return true;
  }

  /** The live sessions of a user, the one used last first; null when there is no such account. */
  async sessionsOf(id: string): Promise<SessionInfo[] | null> {
    return (await this.users.findById(id)) && this.tokens.sessionsOf(id);
  }

  /** Ends the session `sid` of a user, or all of theirs. False when there is no such account or no such session. */
  async endSessions(id: string, sid?: string): Promise<boolean> {
    if (!(await this.users.findById(id))) return false;
    if (sid !== undefined) return this.tokens.revokeSessionOf(id, sid.toLowerCase());
    await this.tokens.revokeUserSessions(id, 'ended');
    return true;
  }

  /**
   * Deletes an account permanently, after ending all its sessions and access tokens. Its events stay. If it fails
   * halfway, the account is disabled: call it again. True only for the call that deleted the account.
   */
  async remove(id: string): Promise<boolean> {
    const remove = neededMethod(this.users, 'remove');
    const user = await this.users.findById(id);
    // Disabled first, so that a login in progress leaves no session behind.
    if (!user || !(await this.disable(id)) || !(await remove(id))) return false;
    await this.protection.reset(user.email);
    await this.events.record({ type: 'user-removed', userId: id });
    return true;
  }

  /** Undefined when there is nothing to grant, so that a store need not support it. */
  private accessOfNew(given: Partial<UserAccess>): UserAccess | undefined {
    const access = validAccess(given);
    if (access.roles.length + access.permissions.length === 0) return undefined;
    neededMethod(this.users, 'setAccess'); // without it, a store would silently drop the roles
    return access;
  }

  private async view(user: UserRecord): Promise<Account> {
    const [account] = await toAccounts([user], this.protection);
    return account!;
  }
}

function assertName(name: string | null = null): void {
  if (name === null) return;
  if (name.length > MAX_NAME_LENGTH)
    throw invalid('name', `name must have at most ${MAX_NAME_LENGTH} characters`);
  if (/\p{Cc}/u.test(name) || !name.isWellFormed())
    throw invalid('name', 'name must be text without control characters');
}
