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
  constructor(
    private readonly users: UserStore,
    private readonly passwords: Passwords,
    private readonly policy: PasswordPolicy,
  ) {}

  /**
   * Validates the address, the name and the password, and creates the account.
   * @param more separate from the registration, because that may contain anything a client sent
   * @throws ValidationFailedError | EmailTakenError
   */
  async add(
    { email, password, name }: Registration,
    more: Partial<UserAccess> & { fields?: object } = {},
    applicant?: Applicant,
  ): Promise<UserRecord> {
    const canonical = canonicalEmail(email);
    if (!canonical) throw invalid('email', 'email must be an email address, such as ada@example.com');
    const problem = name == null ? null : displayNameProblem(name);
    if (problem) throw invalid('name', `name ${problem}`);
    assertAllowed(this.policy, 'password', password, { email: canonical, name });

    const passwordHash = await this.passwords.hash(password, applicant);
    const { roles, permissions } = more;
    const access = roles && permissions ? { roles, permissions } : {};
    const fields = more.fields && { fields: { ...more.fields } };
    const account = { email: canonical, name: name ?? null, passwordHash, ...access, ...fields };
    const user = await this.users.create(account);
    if (!user) throw new EmailTakenError();
    return user;
  }
}
