import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AccountClosing } from '../../accounts/account-closing.js';
import { AccountEvents } from '../../accounts/account-events.js';
import { AccountExport } from '../../accounts/account-export.js';
import { AccountWork } from '../../accounts/account-work.js';
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
import { AuditTrail } from '../../events/audit-trail.js';
import { ActionSecrets as ActionSecretsOfMails } from '../../mail/action-secrets.js';
import { AuthThrottlerStorage } from '../../http/rate-limits/rate-limit.guard.js';
import { BindingCookie } from '../../http/registration/binding-cookie.js';
import { FactorChanges } from '../../mfa/factor-changes.js';
import { Ownership } from '../../mfa/ownership.js';
import { TrustedDevices } from '../../mfa/trusted-devices.js';
import { LoginGate } from '../../mfa/login-gate.js';
import { KeyEncryption } from '../../keys/key-encryption.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { SessionStore } from '../../sessions/session-store.js';
import { DeviceProofs } from '../../tokens/device-proofs.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { AccountProtection } from '../../users/account-protection.js';
import { PasswordPolicy } from '../../users/password-policy.js';
import { Passwords } from '../../users/passwords.js';
import { UserStore } from '../../users/user-store.js';
import { accountEndProviders, ForgetOnTakeover } from './account-end.providers.js';
import { accountWorkProviders } from './account-work.providers.js';
import { MFA_FLOWS, mfaProviders } from './mfa.providers.js';
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
  ...MFA_FLOWS,
];

/** What people do with their accounts by mail. Without the option `accounts`, there are none of these. */
export const accountFlowProviders: Provider[] = [
  ...accountEndProviders,
  ...accountWorkProviders,
  ...mfaProviders,
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
      ForgetOnTakeover,
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
      LoginGate,
    ],
    (...parts: [...ConstructorParameters<typeof PendingRegistrations>]) =>
      parts[4] && new PendingRegistrations(...parts),
  ),
  provide(
    EmailChange,
    [
      UserStore,
      TokensService,
      AccountWork,
      ActionTokens,
      ActionPayloads,
      MailboxLimits,
      AccountEvents,
      SessionStore,
      Ownership,
    ],
    (...parts: [...ConstructorParameters<typeof EmailChange>]) => parts[2] && new EmailChange(...parts),
  ),
  provide(
    AccountClosing,
    [TokensService, AccountWork, ActionTokens, AccountEvents, SessionStore, Ownership],
    (...parts: [...ConstructorParameters<typeof AccountClosing>]) => parts[1] && new AccountClosing(...parts),
  ),
  provide(
    NameChange,
    [UserStore, AccountEvents],
    (users: UserStore, events: AccountEvents) => new NameChange(users, events),
  ),
  provide(
    AccountExport,
    [
      UserStore,
      UserViews,
      TokensService,
      AccountRecords,
      AuditTrail,
      AccountEvents,
      AccountMails,
      FactorChanges,
      TrustedDevices,
      Ownership,
    ],
    (
      users: UserStore,
      views: UserViews,
      tokens: TokensService,
      records: AccountRecords,
      trail: AuditTrail | undefined,
      events: AccountEvents,
      mails: AccountMails | undefined,
      ...factors: [FactorChanges | undefined, TrustedDevices | undefined, Ownership | undefined]
    ) => mails && new AccountExport(users, views, tokens, records, trail, events, mails, ...factors),
  ),
];
