import type { AccountProtection } from '../users/account-protection.js';
import { hidingHash } from '../users/hidden-hash.js';
import type { UserRecord } from '../users/user-store.js';

/** An account as operators see it, without the password hash. */
export interface Account extends Omit<UserRecord, 'passwordHash'> {
  hasPassword: boolean;
  /** `true` after too many consecutive failures: the password does not work until an operator enables the account. */
  passwordOff: boolean;
}

export async function toAccounts(
  users: readonly UserRecord[],
  protection: AccountProtection,
): Promise<Account[]> {
  const off = await protection.passwordsOff(users);
  return users.map((user) => toAccount(user, off.has(user.id)));
}

export function toAccount(record: UserRecord, passwordOff: boolean): Account {
  const { passwordHash, ...user } = hidingHash(record);
  return { ...user, hasPassword: passwordHash != null, passwordOff };
}
