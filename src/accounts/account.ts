import type { AccountProtection } from '../users/account-protection.js';
import type { UserRecord } from '../users/user-store.js';

/** An account as an operator sees it: without the password hash. */
export interface Account extends Omit<UserRecord, 'passwordHash'> {
  hasPassword: boolean;
  /** True after too many failures in a row: the password is not accepted until the account is enabled. */
  passwordOff: boolean;
}

export async function toAccounts(
  users: readonly UserRecord[],
  protection: AccountProtection,
): Promise<Account[]> {
  const off = await protection.passwordsOff(users);
  return users.map(({ passwordHash, ...user }) => ({
    ...user,
    hasPassword: passwordHash !== null,
    passwordOff: off.has(user.id),
  }));
}
