import type { AccountProtection } from '../users/account-protection.js';
import type { UserRecord } from '../users/user-store.js';

/** An account as an administration sees it: without the password's hash. */
export interface Account extends Omit<UserRecord, 'passwordHash'> {
  hasPassword: boolean;
  /** After too many failures in a row the password opens nothing until the account is enabled. */
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
