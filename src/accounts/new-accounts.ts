import type { ActionStore } from '../actions/action-store.js';
import { EmailTakenError } from '../errors/auth-errors.js';
import { displayNameProblem } from '../users/display-name.js';
import { canonicalEmail } from '../users/email.js';
import type { Applicant } from '../users/password-hasher.js';
import type { PasswordPolicy } from '../users/password-policy.js';
import type { Passwords } from '../users/passwords.js';
import type { UserAccess, UserRecord, UserStore } from '../users/user-store.js';
import { assertAllowed, invalid } from './new-password.js';

/** The data of a registration. */
export interface Registration {
  email: string;
  password: string;
  name?: string | null;
}

/** Creates accounts, for registrations and for operators. */
export class NewAccounts {
  /** @param reservations addresses that their former owners may take back. Default: none */
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly policy: PasswordPolicy,
    private readonly reservations?: Pick<ActionStore, 'isReserved'>,
  ) {}

  /**
   * Validates the address, the name and the password, and creates the account.
   * @param more separate from the registration, because that may contain anything a client sent
   * @throws ValidationFailedError | EmailTakenError
   */
  async add(
    registration: Registration,
    more: Partial<UserAccess> & { fields?: object } = {},
    applicant?: Applicant,
  ): Promise<UserRecord> {
    const checked = this.check(registration);
    const passwordHash = await this.passwords.hash(registration.password, applicant);
    const { roles, permissions } = more;
    const access = roles && permissions ? { roles, permissions } : {};
    const fields = more.fields && { fields: { ...more.fields } };
    const isReserved = (await this.reservations?.isReserved(checked.email)) ?? false;
    const user = isReserved
      ? null
      : await this.users.create({ ...checked, passwordHash, ...access, ...fields });
    if (!user) throw new EmailTakenError();
    return user;
  }

  /**
   * Returns the address and the name as they are stored.
   * @throws ValidationFailedError for an address, a name or a password that is not allowed
   */
  check({ email, password, name }: Registration): { email: string; name: string | null } {
    const canonical = canonicalEmail(email);
    if (!canonical) throw invalid('email', 'email must be an email address, such as ada@example.com');
    const problem = name == null ? null : displayNameProblem(name);
    if (problem) throw invalid('name', `name ${problem}`);
    assertAllowed(this.policy, 'password', password, { email: canonical, name });
    return { email: canonical, name: name ?? null };
  }
}
