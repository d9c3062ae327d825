import type { AuthEvents } from '../events/auth-events.js';
import type { EndedAll, EndAllOptions, MassRevocation } from '../revocation/mass-revocation.js';
import type { SessionInfo } from '../sessions/session-types.js';
import type { TokensService } from '../tokens/tokens.service.js';
import type { AccountProtection } from '../users/account-protection.js';
import { canonicalEmail, maskEmail } from '../users/email.js';
import { neededMethod } from '../users/needed-method.js';
import type { Passwords } from '../users/passwords.js';
import type { UserAccess, UserRecord, UserStore } from '../users/user-store.js';
import { type Account, toAccount, toAccounts } from './account.js';
import {
  AccountImport,
  type ImportedAccount,
  type ImportOptions,
  type ImportResult,
} from './account-import.js';
import { AccountList, type AccountPage, type AccountQuery } from './account-list.js';
import { switchAccount } from './account-switch.js';
import type { AccountWork } from './account-work.js';
import type { NewAccounts, Registration } from './new-accounts.js';
import { validAccess } from './valid-access.js';

/** An account to be created by an operator. */
export type NewAccount = Registration & Partial<UserAccess>;

/**
 * Account administration for operators, on top of any user store. The command line uses it, and your own admin pages
 * can.
 *
 * It performs no authorization checks: guard the routes that call it. Each change is recorded as an event of the
 * account before the method resolves. For an unknown id, methods return `null` or `false`. If the user store lacks a
 * method that is needed, they throw an error that names it.
 */
export class AccountAdmin {
  private readonly accounts: AccountList;
  private readonly imports: AccountImport;

  /** @internal */
  constructor(
    private readonly users: UserStore,
    private readonly newAccounts: NewAccounts,
    private readonly tokens: TokensService,
    private readonly revocation: MassRevocation,
    private readonly protection: AccountProtection,
    private readonly events: AuthEvents,
    passwords: Passwords,
    private readonly work?: AccountWork,
  ) {
    this.accounts = new AccountList(users, protection);
    this.imports = new AccountImport(users, passwords, events);
  }

  /**
   * Creates an account with its roles and permissions in one step, without starting a session.
   * @param fields the values of your own fields; they are not validated. Only with them, `registration.onRegister` is called
   * @throws ValidationFailedError | EmailTakenError
   */
  async create({ email, password, name, roles, permissions }: NewAccount, fields?: object): Promise<Account> {
    const access = this.accessOfNew({ roles, permissions });
    const user = await this.newAccounts.add({ email, password, name }, { ...access, fields });
    await this.events.record({ type: 'registered', userId: user.id, email: maskEmail(user.email) });
    if (access) assertStored(access, user);
    return toAccount(user); // a new account has no failures
  }

  /**
   * Adds accounts of another system with their password hashes, at most 1000 in one call, and returns for each of them,
   * in their order, what became of it. Accounts that exist are never changed, so an import may be repeated. Roles are
   * stored as given: pass them only if the other system's administrators granted them.
   *
   * Addresses are taken over whether or not the other system has verified them.
   */
  import(accounts: readonly ImportedAccount[], options: ImportOptions): Promise<ImportResult[]> {
    return this.imports.add(accounts, options);
  }

  /** Returns the account with this id or email address, or `null`. */
  async find(idOrEmail: string): Promise<Account | null> {
    const email = canonicalEmail(idOrEmail);
    const user = (email && (await this.users.findByEmail(email))) || (await this.users.findById(idOrEmail));
    return user && this.view(user);
  }

  /**
   * Returns a page of the matching accounts, ordered by email address. With `locked`, the order is unspecified.
   * @throws ValidationFailedError for an invalid limit, email text or cursor
   */
  list(query: AccountQuery = {}): Promise<AccountPage> {
    return this.accounts.page(query);
  }

  /**
   * Locks a user out, revokes all their sessions and access tokens, and makes pending links of theirs unusable. An account
   * that its owner has closed is then not deleted until you remove it. Returns `false` if there is no such account.
   */
  async disable(id: string): Promise<boolean> {
    // Committed before the sessions end: a login that starts later sees the change, and one in progress checks again.
    if (!(await switchAccount(id, true, this.users, this.work))) return false;
    await this.tokens.revokeUser(id);
    return true;
  }

  /**
   * Lets a user log in again, even if the password was turned off or the owner has closed the account, and resets all
   * failures. Sessions that have ended stay ended. Returns `false` if there is no such account.
   */
  async enable(id: string): Promise<boolean> {
    // Sessions that could not be ended when the account was disabled would live again.
    if ((await this.users.findById(id))?.disabled) await this.tokens.revokeUserSessions(id, 'user-disabled');
    const enabled = await switchAccount(id, false, this.users, this.work);
    const user = enabled && (await this.users.findById(id));
    if (!user) return false;
    await this.protection.reset(user.email, id);
    await this.events.record({ type: 'user-enabled', userId: id });
    return true;
  }

  /**
   * Replaces the roles and permissions of a user with exactly these. Sessions get them at their next refresh; end the
   * sessions if that is too late. Returns `false` if there is no such account.
   * @throws ValidationFailedError
   */
  async setRoles(id: string, { roles, permissions }: UserAccess): Promise<boolean> {
    const access = validAccess({ roles, permissions });
    if (!(await neededMethod(this.users, 'setAccess')(id, access))) return false;
    await this.events.record({ type: 'access-changed', userId: id, ...access });
    return true;
  }

  /** Returns the live sessions of a user, most recently used first, or `null` if there is no such account. */
  async sessionsOf(id: string): Promise<SessionInfo[] | null> {
    return (await this.users.findById(id)) && this.tokens.sessionsOf(id);
  }

  /**
   * Ends the session `sid` of a user, or without `sid` all of their sessions. Returns `false` if there is no such
   * account or session.
   */
  async endSessions(id: string, sid?: string): Promise<boolean> {
    if (!(await this.users.findById(id))) return false;
    if (sid !== undefined) return this.tokens.revokeSessionOf(id, sid.toLowerCase());
    return this.tokens.revokeUserSessions(id, 'ended').then(() => true);
  }

  /**
   * Ends all sessions of all users, or those that began before a time. Every instance refuses their access and refresh
   * tokens as soon as it hears of it, within a second, long before the last session has been ended in its row. Logins
   * from now on are not affected. If it is interrupted, call it again.
   * @throws ValidationFailedError if `before` lies in the future
   */
  endAllSessions(options: EndAllOptions = {}): Promise<EndedAll> {
    return this.revocation.endAll(options);
  }

  /**
   * Ends all sessions of a user id, and revokes tokens of sessions that the database does not know. The account need not
   * exist. Returns how many sessions were ended.
   */
  endSessionsOf(userId: string): Promise<number> {
    return this.revocation.endUser(userId);
  }

  /**
   * Deletes an account permanently after ending all its sessions and access tokens. Its events are kept. If the deletion
   * fails halfway, call the method again. Returns `true` only for the call that deleted the account.
   */
  async remove(id: string): Promise<boolean> {
    const remove = neededMethod(this.users, 'remove');
    const user = await this.users.findById(id);
    // Disabled first, so that no login can start a session that would never be ended.
    const isRemoved = user !== null && (await this.disable(id)) && (await remove(id));
    if (isRemoved) await this.events.record({ type: 'user-removed', userId: id }); // now: another call would find no account
    if (isRemoved || !user) await this.work?.forget(id);
    if (!isRemoved) return false;
    await this.protection.reset(user.email, id);
    return true;
  }

  /** Returns `undefined` if there is nothing to grant, so that a store need not support it. */
  private accessOfNew(given: Partial<UserAccess>): UserAccess | undefined {
    const access = validAccess(given);
    if (access.roles.length + access.permissions.length === 0) return undefined;
    neededMethod(this.users, 'setAccess'); // a store without it would silently ignore the roles
    return access;
  }

  private async view(user: UserRecord): Promise<Account> {
    const [account] = await toAccounts([user], this.protection);
    return account!;
  }
}

/** A store that ignores them would leave somebody without roles, unnoticed. */
function assertStored({ roles, permissions }: UserAccess, user: UserRecord): void {
  const stored = new Set([...user.roles, ...user.permissions]);
  if ([...roles, ...permissions].every((name) => stored.has(name))) return;
  throw new Error(
    `The account ${user.id} was created without its roles: create() of this user store must store roles and permissions.`,
  );
}
