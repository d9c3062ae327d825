import type { AccountProtection } from '../users/account-protection.js';
import type { CounterKind, SlowCounter } from '../users/login-attempts.js';
import { hidingHash } from '../users/hidden-hash.js';
import type { UserRecord } from '../users/user-store.js';

/** Failures in a row that slow down or stop attempts at a password. */
export interface SlowedBy {
  /** Whose failures: all strangers' together, those of one device that has signed in before, or of one session. */
  counter: CounterKind;
  failures: number;
  /** When the next attempt is allowed; `null`: now. */
  until: Date | null;
  /** `true`: no attempt succeeds. A device of which this is said is counted with the strangers. */
  off: boolean;
}

/** An account as operators see it, without the password hash. */
export interface Account extends Omit<UserRecord, 'passwordHash'> {
  hasPassword: boolean;
  /**
   * `true` after too many consecutive failures of strangers: until an operator enables the account or the password is
   * changed, the password works only on devices that have signed in before.
   */
  passwordOff: boolean;
  /** Empty if nobody has to wait. */
  slowedBy: SlowedBy[];
}

export async function toAccounts(
  users: readonly UserRecord[],
  protection: AccountProtection,
): Promise<Account[]> {
  const slow = await protection.slowOf(users);
  return users.map((user) => toAccount(user, slow.get(user.id)));
}

export function toAccount(record: UserRecord, slow: readonly SlowCounter[] = []): Account {
  const { passwordHash, ...user } = hidingHash(record);
  const slowedBy = slow.map(({ kind, failures, until, off }) => ({ counter: kind, failures, until, off }));
  const passwordOff = slowedBy.some(({ counter, off }) => off && counter === 'strangers');
  return { ...user, hasPassword: passwordHash != null, passwordOff, slowedBy };
}
