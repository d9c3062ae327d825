import { type Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AuthEvents } from '../../events/auth-events.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { AccountProtection } from '../../users/account-protection.js';
import { LoginAttempts } from '../../users/login-attempts.js';
import { PasswordHasher } from '../../users/password-hasher.js';
import { PasswordPolicy } from '../../users/password-policy.js';
import { Passwords } from '../../users/passwords.js';
import { UserStore } from '../../users/user-store.js';
import { AccountEvents } from '../../accounts/account-events.js';
import { AuthDataSource } from '../auth-data-source.js';
import { AuthService } from '../../accounts/auth.service.js';
import { provide } from './provide.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';

/** Accounts and passwords. */
export const accountProviders: Provider[] = [
  provide(
    Passwords,
    [PasswordHasher, UserStore],
    (hasher: PasswordHasher, users: UserStore) => new Passwords(hasher, users),
  ),
  provide(
    PasswordPolicy,
    [ResolvedAuthOptions],
    ({ passwords }: ResolvedAuthOptions) => new PasswordPolicy(passwords),
  ),
  provide(
    LoginAttempts,
    [AuthDataSource, ResolvedAuthOptions],
    (source: DataSource, { accountProtection }: ResolvedAuthOptions) =>
      new LoginAttempts(source, accountProtection),
  ),
  provide(
    AccountProtection,
    [LoginAttempts, ResolvedAuthOptions],
    (attempts: LoginAttempts, { accountProtection }: ResolvedAuthOptions) =>
      new AccountProtection(attempts, accountProtection),
  ),
  provide(
    AuthService,
    [UserStore, Passwords, PasswordPolicy, TokensService, AccountProtection, AuthEvents],
    (
      users: UserStore,
      passwords: Passwords,
      policy: PasswordPolicy,
      tokens: TokensService,
      protection: AccountProtection,
      events: AuthEvents,
    ) => new AuthService(users, passwords, policy, tokens, protection, new AccountEvents(events, tokens)),
  ),
];
