import type { AccountProtection } from '../users/account-protection.js';
import { canonicalEmail } from '../users/email.js';
import { accountKey } from '../users/login-attempts.js';
import { neededMethod } from '../users/needed-method.js';
import type { UserRecord, UserStore } from '../users/user-store.js';
import { type Account, toAccounts } from './account.js';
import { invalid } from './new-password.js';

/** Selects the accounts to list. */
export interface AccountQuery {
  /** The maximum number of accounts per page, from 1 to 200. Default 50. */
  limit?: number;
  /** The `nextCursor` of the previous page. */
  cursor?: string;
  /** Only accounts whose email address contains this text; case-insensitive. */
  email?: string;
  /** `true`: only disabled accounts; `false`: only accounts that are not disabled. */
  disabled?: boolean;
  /** `true`: only accounts whose password is off after too many failures. */
  locked?: boolean;
}

/** A page of accounts. */
export interface AccountPage {
  items: Account[];
  /** The cursor of the next page; `null` on the last page. */
  nextCursor: string | null;
}

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

/** A validated query. */
interface Search {
  limit: number;
  after?: string;
  emailPart?: string;
  disabled?: boolean;
}

/**
 * Lists accounts page by page. Each page starts after the last account of the previous one, so all pages are equally
 * fast.
 */
export class AccountList {
  constructor(
    private readonly users: UserStore,
    private readonly protection: AccountProtection,
  ) {}

  /** See `AccountAdmin.list`. */
  async page(query: AccountQuery): Promise<AccountPage> {
    const search = checked(query);
    const { limit } = search;
    // One more than requested shows whether there is another page.
    const wanted = { ...search, limit: limit + 1 };
    const found = query.locked ? await this.locked(wanted) : await neededMethod(this.users, 'list')(wanted);
    const items = await toAccounts(found.slice(0, limit), this.protection);
    const last = items.at(-1);
    return { items, nextCursor: found.length > limit && last ? cursorAfter(last) : null };
  }

  /** Starts from the counted failures: there are few of them, and user stores do not know about them. */
  private async locked({ limit, after, emailPart = '', disabled }: Search): Promise<UserRecord[]> {
    const matches = (user: UserRecord) =>
      user.email.includes(emailPart) && (disabled === undefined || user.disabled === disabled);
    const found: UserRecord[] = [];
    let key = after && accountKey(after);
    for (;;) {
      const page = await this.protection.listPasswordsOff(limit, key);
      const users = await Promise.all(page.map(({ userId }) => this.users.findById(userId)));
      for (const [i, user] of users.entries()) {
        // The failures were counted for an address, whose user may have been deleted or have a different address now.
        if (user && accountKey(user.email) === page[i]!.account && matches(user)) found.push(user);
      }
      if (found.length >= limit || page.length < limit) return found.slice(0, limit);
      key = page.at(-1)!.account;
    }
  }
}

function checked({ limit = DEFAULT_LIMIT, cursor, email, disabled }: AccountQuery): Search {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw invalid('limit', `limit must be a whole number from 1 to ${MAX_LIMIT}`);
  if (email !== undefined && (/\p{Cc}/u.test(email) || !email.isWellFormed()))
    throw invalid('email', 'email must be text without control characters');
  return { limit, after: cursor && emailOf(cursor), emailPart: email?.toLowerCase(), disabled };
}

const cursorAfter = ({ email }: Account) => Buffer.from(email).toString('base64url');

function emailOf(cursor: string): string {
  const email = Buffer.from(cursor, 'base64url').toString();
  if (canonicalEmail(email) !== email) throw invalid('cursor', 'cursor must be the nextCursor of a page');
  return email;
}
