import type { AccountProtection } from '../users/account-protection.js';
import { canonicalEmail } from '../users/email.js';
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
  /** `true`: only accounts where someone has to wait after failures, or whose password is off: see `Account.slowedBy`. */
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
  /** An address, or for slow accounts an id. */
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
    const found = query.locked ? await this.locked(wanted) : await this.accounts(wanted);
    const items = found.slice(0, limit);
    const last = items.at(-1);
    const cursor = last && cursorAfter(query.locked ? last.id : last.email);
    return { items, nextCursor: (found.length > limit && cursor) || null };
  }

  private async accounts(search: Search): Promise<Account[]> {
    return toAccounts(await neededMethod(this.users, 'list')(search), this.protection);
  }

  /** Starts from the counted failures: there are few of them, and user stores do not know about them. */
  private async locked({ limit, after, emailPart = '', disabled }: Search): Promise<Account[]> {
    const matches = (user: UserRecord | null): user is UserRecord =>
      Boolean(user?.email.includes(emailPart)) && (disabled === undefined || user?.disabled === disabled);
    const found: Account[] = [];
    for (let last = after; ;) {
      const ids = await this.protection.listSlow(limit, last);
      const users = await Promise.all(ids.map((id) => this.users.findById(id)));
      const accounts = await toAccounts(users.filter(matches), this.protection);
      // The failures may have been counted for an address that the user no longer has.
      found.push(...accounts.filter(({ slowedBy }) => slowedBy.length > 0));
      if (found.length >= limit || ids.length < limit) return found.slice(0, limit);
      last = ids.at(-1);
    }
  }
}

function checked({ limit = DEFAULT_LIMIT, cursor, email, disabled, locked }: AccountQuery): Search {
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT)
    throw invalid('limit', `limit must be a whole number from 1 to ${MAX_LIMIT}`);
  if (email !== undefined && (/\p{Cc}/u.test(email) || !email.isWellFormed()))
    throw invalid('email', 'email must be text without control characters');
  return { limit, after: cursor && placeOf(cursor, locked), emailPart: email?.toLowerCase(), disabled };
}

const cursorAfter = (place: string) => Buffer.from(place).toString('base64url');

function placeOf(cursor: string, isId = false): string {
  const place = Buffer.from(cursor, 'base64url').toString();
  const isPlace = isId ? place !== '' && !/\p{Cc}/u.test(place) : canonicalEmail(place) === place;
  if (!isPlace) throw invalid('cursor', 'cursor must be the nextCursor of a page');
  return place;
}
