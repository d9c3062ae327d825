import { Logger, type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuthEvents } from '../../events/auth-events.js';
import { DeviceProofs } from '../../tokens/device-proofs.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { AccountProtection } from '../../users/account-protection.js';
import { InMemoryLoginAttempts } from '../../users/in-memory-login-attempts.js';
import { LoginAttempts } from '../../users/login-attempts.js';
import { PostgresLoginAttempts } from '../../users/postgres-login-attempts.js';
import { PasswordHasher } from '../../users/password-hasher.js';
import { PasswordPolicy } from '../../users/password-policy.js';
import { Passwords } from '../../users/passwords.js';
import { UserStore } from '../../users/user-store.js';
import { AccountAdmin } from '../../accounts/account-admin.js';
import { AccountRecords } from '../../actions/account-records.js';
import { AccountWork } from '../../accounts/account-work.js';
import { AccountEvents } from '../../accounts/account-events.js';
import { AuthDataSource } from '../auth-data-source.js';
import { NewAccounts } from '../../accounts/new-accounts.js';
import { PasswordAttempts } from '../../accounts/password-attempts.js';
import { PasswordChange } from '../../accounts/password-change.js';
import { checkedCreationHook } from '../../accounts/creation-hook.js';
import { UserViews } from '../../accounts/user-views.js';
import { RegisterBody } from '../../http/sign-in/register-body.js';
import { AuthOptionsError } from '../../options/options-error.js';
import type { CreationHook } from '../../users/user-store.js';
import { MassRevocation } from '../../revocation/mass-revocation.js';
import { SessionStore } from '../../sessions/session-store.js';
import { OperatorsWork } from './account-work.providers.js';
import { provide } from './provide.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { loginProviders } from './login.providers.js';

const logger = new Logger('Passwords');

/** Accounts and passwords. */
export const accountProviders: Provider[] = [
  ...loginProviders,
  provide(
    Passwords,
    [PasswordHasher, UserStore, ResolvedAuthOptions],
    (hasher: PasswordHasher, users: UserStore, { passwords: { rehash } }: ResolvedAuthOptions) =>
      new Passwords(hasher, users, { rehash, warn: (message) => logger.warn(message) }),
  ),
  provide(
    PasswordPolicy,
    [ResolvedAuthOptions],
    ({ passwords }: ResolvedAuthOptions) => new PasswordPolicy(passwords),
  ),
  provide(
    NewAccounts,
    [UserStore, Passwords, PasswordPolicy, AccountRecords, ResolvedAuthOptions],
    (
      users: UserStore,
      passwords: Passwords,
      policy: PasswordPolicy,
      records: AccountRecords,
      { registration: { onRegister }, accounts }: ResolvedAuthOptions,
    ) => {
      if (onRegister) connectHook(users, onRegister);
      return new NewAccounts(users, passwords, policy, accounts.enabled ? records.actions : undefined);
    },
  ),
  provide(
    LoginAttempts,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { accountProtection, clock }: ResolvedAuthOptions): LoginAttempts =>
      // A test without a database has something else in its place.
      'isInitialized' in source
        ? new PostgresLoginAttempts(source, accountProtection)
        : new InMemoryLoginAttempts(accountProtection, clock),
  ),
  provide(
    AccountProtection,
    [LoginAttempts, ResolvedAuthOptions],
    (attempts: LoginAttempts, { accountProtection }: ResolvedAuthOptions) =>
      new AccountProtection(attempts, accountProtection),
  ),
  provide(AccountEvents, [AuthEvents], (events: AuthEvents) => new AccountEvents(events)),
  provide(
    PasswordAttempts,
    [AccountProtection, AccountEvents],
    (protection: AccountProtection, events: AccountEvents) => new PasswordAttempts(protection, events),
  ),
  provide(RegisterBody, [ResolvedAuthOptions], ({ registration }: ResolvedAuthOptions) => registration.dto),
  provide(UserViews, [ResolvedAuthOptions], ({ userView }: ResolvedAuthOptions) => new UserViews(userView)),
  provide(
    PasswordChange,
    [
      UserStore,
      Passwords,
      PasswordPolicy,
      PasswordAttempts,
      SessionStore,
      TokensService,
      AccountEvents,
      DeviceProofs,
      AccountWork,
    ],
    (...parts: [...ConstructorParameters<typeof PasswordChange>]) => new PasswordChange(...parts),
  ),
  provide(
    AccountAdmin,
    [
      UserStore,
      NewAccounts,
      TokensService,
      MassRevocation,
      AccountProtection,
      AuthEvents,
      Passwords,
      OperatorsWork,
    ],
    (
      users: UserStore,
      newAccounts: NewAccounts,
      tokens: TokensService,
      revocation: MassRevocation,
      protection: AccountProtection,
      events: AuthEvents,
      passwords: Passwords,
      work: AccountWork | undefined,
    ) => new AccountAdmin(users, newAccounts, tokens, revocation, protection, events, passwords, work),
  ),
];

/** @throws AuthOptionsError if the store has no transaction in which the hook could run */
function connectHook(users: UserStore, onRegister: CreationHook): void {
  if (typeof users.onCreate === 'function') return users.onCreate(checkedCreationHook(onRegister));
  const message =
    'is for the built-in user store: your userStore receives the fields in create(), where you can do the same in your own ' +
    'transaction, or it implements onCreate as UserStore describes it';
  throw new AuthOptionsError([{ option: 'registration.onRegister', message }]);
}
