import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AccountClosing } from '../../accounts/account-closing.js';
import { AccountEvents } from '../../accounts/account-events.js';
import { AccountExport } from '../../accounts/account-export.js';
import { AccountWork } from '../../accounts/account-work.js';
import { ClosedAccounts } from '../../accounts/closed-accounts.js';
import { EmailChange } from '../../accounts/email-change.js';
import { EmailVerification } from '../../accounts/email-verification.js';
import { MailboxLimits, type RequestCounts } from '../../accounts/mailbox-limits.js';
import { NameChange } from '../../accounts/name-change.js';
import { NewAccounts } from '../../accounts/new-accounts.js';
import { PasswordReset } from '../../accounts/password-reset.js';
import { PendingRegistrations } from '../../accounts/pending-registration.js';
import { UserViews } from '../../accounts/user-views.js';
import { AccountMails } from '../../actions/account-mails.js';
import { AccountRecords } from '../../actions/account-records.js';
import { ActionPayloads } from '../../actions/action-payloads.js';
import { ActionSecrets, ActionTokens } from '../../actions/action-tokens.js';
import { AuditStore } from '../../events/audit.store.js';
import { AuthEvents } from '../../events/auth-events.js';
import { ActionSecrets as ActionSecretsOfMails } from '../../mail/action-secrets.js';
import { AuthThrottlerStorage } from '../../http/rate-limits/rate-limit.guard.js';
import { BindingCookie } from '../../http/registration/binding-cookie.js';
import { KeyEncryption } from '../../keys/key-encryption.js';
import { AuthOptionsError } from '../../options/options-error.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { SessionStore } from '../../sessions/session-store.js';
import { DeviceProofs } from '../../tokens/device-proofs.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { AccountProtection } from '../../users/account-protection.js';
import { PasswordPolicy } from '../../users/password-policy.js';
import { Passwords } from '../../users/passwords.js';
import type { TypeOrmUserStore } from '../../users/typeorm-user.store.js';
import { UserStore } from '../../users/user-store.js';
import { OwnUserStore } from './account-parts.js';
import { provide } from './provide.js';

/** What controllers and hosts inject. */
export const ACCOUNT_FLOWS = [
  AccountRecords,
  ActionSecrets,
  BindingCookie,
  PasswordReset,
  EmailVerification,
  PendingRegistrations,
  EmailChange,
  NameChange,
  AccountClosing,
  AccountExport,
];

/** The methods of a user store without which accounts cannot be managed by mail. */
const NEEDED = ['setPasswordHash', 'replaceEmail', 'setName', 'setDisabled', 'remove'] as const;

/** What people do with their accounts by mail. Without the option `accounts`, there are none of these. */
export const accountFlowProviders: Provider[] = [
  provide(
    AccountWork,
    [AccountRecords, UserStore, OwnUserStore, SessionStore, AccountMails, ResolvedAuthOptions],
    (
      records: AccountRecords,
      users: UserStore,
      own: TypeOrmUserStore | undefined,
      sessions: SessionStore,
      mails: AccountMails | undefined,
      { accounts }: ResolvedAuthOptions,
    ) => {
      if (!accounts.enabled) return undefined;
      return new AccountWork(records, users, own, sessions, assertComplete(users, mails));
    },
  ),
  provide(ActionSecrets, [AccountRecords], ({ actions }: AccountRecords) => new ActionSecrets(actions)),
  { provide: ActionSecretsOfMails, useExisting: ActionSecrets },
  provide(ActionTokens, [AccountRecords], ({ actions }: AccountRecords) => new ActionTokens(actions)),
  provide(
    ActionPayloads,
    [ResolvedAuthOptions],
    ({ actionSecrets, refresh }: ResolvedAuthOptions) =>
      new ActionPayloads(new KeyEncryption(actionSecrets, 'action payloads', refresh.keys.choice)),
  ),
  provide(
    MailboxLimits,
    [AuthThrottlerStorage, ResolvedAuthOptions],
    (counts: RequestCounts, { rateLimits }: ResolvedAuthOptions) =>
      new MailboxLimits(rateLimits ? counts : undefined),
  ),
  provide(
    BindingCookie,
    [ResolvedAuthOptions, HttpAdapterHost],
    ({ cookies }: ResolvedAuthOptions, host: HttpAdapterHost) => new BindingCookie(cookies, host),
  ),
  provide(
    PasswordReset,
    [
      UserStore,
      Passwords,
      PasswordPolicy,
      AccountProtection,
      TokensService,
      AccountWork,
      ActionTokens,
      MailboxLimits,
      AccountEvents,
      DeviceProofs,
    ],
    (...parts: [...ConstructorParameters<typeof PasswordReset>]) => parts[5] && new PasswordReset(...parts),
  ),
  provide(
    EmailVerification,
    [UserStore, AccountWork, ActionTokens, MailboxLimits, AccountEvents],
    (...parts: [...ConstructorParameters<typeof EmailVerification>]) =>
      parts[1] && new EmailVerification(...parts),
  ),
  provide(
    PendingRegistrations,
    [
      UserStore,
      NewAccounts,
      Passwords,
      TokensService,
      AccountWork,
      ActionTokens,
      ActionPayloads,
      MailboxLimits,
      AccountEvents,
      DeviceProofs,
    ],
    (...parts: [...ConstructorParameters<typeof PendingRegistrations>]) =>
      parts[4] && new PendingRegistrations(...parts),
  ),
  provide(
    EmailChange,
    [UserStore, TokensService, AccountWork, ActionTokens, ActionPayloads, MailboxLimits, AccountEvents],
    (...parts: [...ConstructorParameters<typeof EmailChange>]) => parts[2] && new EmailChange(...parts),
  ),
  provide(
    AccountClosing,
    [TokensService, AccountWork, ActionTokens, AccountEvents],
    (...parts: [...ConstructorParameters<typeof AccountClosing>]) => parts[1] && new AccountClosing(...parts),
  ),
  provide(
    NameChange,
    [UserStore, AccountEvents],
    (users: UserStore, events: AccountEvents) => new NameChange(users, events),
  ),
  provide(
    AccountExport,
    [UserStore, UserViews, TokensService, AccountRecords, AuditStore, AccountEvents, ResolvedAuthOptions],
    (
      users: UserStore,
      views: UserViews,
      tokens: TokensService,
      records: AccountRecords,
      trail: AuditStore,
      events: AccountEvents,
      { audit }: ResolvedAuthOptions,
    ) => new AccountExport(users, views, tokens, records, audit.enabled ? trail : undefined, events),
  ),
  provide(
    ClosedAccounts,
    [
      AccountRecords,
      UserStore,
      TokensService,
      AccountProtection,
      AccountMails,
      AuthEvents,
      AuditStore,
      ResolvedAuthOptions,
    ],
    (
      records: AccountRecords,
      users: UserStore,
      tokens: TokensService,
      protection: AccountProtection,
      mails: AccountMails | undefined,
      events: AuthEvents,
      audit: AuditStore,
      options: ResolvedAuthOptions,
    ) => {
      if (!options.accounts.enabled || !mails) return undefined;
      const places = options.audit.enabled ? [(userId: string) => audit.forget(userId)] : [];
      return new ClosedAccounts(records, users, tokens, protection, mails, events, places);
    },
  ),
];

/** @throws AuthOptionsError that names everything that is missing */
function assertComplete(users: UserStore, mails: AccountMails | undefined): AccountMails {
  const missing = NEEDED.filter((name) => typeof users[name] !== 'function');
  const problems = missing.map((name) => ({
    option: 'accounts',
    message: `needs the method ${name} of the user store: implement it in ${users.constructor.name} as UserStore describes it`,
  }));
  if (!mails) problems.push({ option: 'accounts', message: 'needs the option mail: { from, smtp }' });
  if (problems.length > 0) throw new AuthOptionsError(problems);
  return mails!;
}
