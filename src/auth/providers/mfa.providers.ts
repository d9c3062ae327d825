import type { Provider } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AccountEvents } from '../../accounts/account-events.js';
import { MailboxLimits } from '../../accounts/mailbox-limits.js';
import { MfaLogin } from '../../accounts/mfa-login.js';
import { SessionStart } from '../../accounts/session-start.js';
import { AccountMails } from '../../actions/account-mails.js';
import { AccountRecords } from '../../actions/account-records.js';
import { ActionPayloads } from '../../actions/action-payloads.js';
import { ActionTokens } from '../../actions/action-tokens.js';
import { AuthEvents } from '../../events/auth-events.js';
import { FactorAccess } from '../../http/mfa/factor-access.js';
import { MfaCookies } from '../../http/mfa/mfa-cookies.js';
import { FactorBudget } from '../../mfa/factor-budget.js';
import { FactorChanges } from '../../mfa/factor-changes.js';
import { type FactorKind, FactorKinds } from '../../mfa/factor-kind.js';
import { FactorReset } from '../../mfa/factor-reset.js';
import { FactorSecrets } from '../../mfa/factor-secrets.js';
import { LoginGate } from '../../mfa/login-gate.js';
import { MfaEnrolment } from '../../mfa/mfa-enrolment.js';
import { isRequiredOf } from '../../mfa/mfa-policy.js';
import { MfaTickets } from '../../mfa/mfa-tickets.js';
import { Ownership } from '../../mfa/ownership.js';
import { RecoveryCodes } from '../../mfa/recovery-codes.js';
import { SecondFactors } from '../../mfa/second-factors.js';
import { TotpEnrolment } from '../../mfa/totp-enrolment.js';
import { TotpFactors } from '../../mfa/totp-factors.js';
import { TrustedDevices } from '../../mfa/trusted-devices.js';
import { PasskeyFactors } from '../../passkeys/passkey-factors.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { DeviceProofs } from '../../tokens/device-proofs.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { LoginAttempts } from '../../users/login-attempts.js';
import { UserStore } from '../../users/user-store.js';
import { factorChangeProviders } from './factor-change.providers.js';
import { mfaStoreProviders } from './mfa-store.providers.js';
import { provide } from './provide.js';

/** What controllers and hosts inject. */
export const MFA_FLOWS = [
  FactorReset,
  FactorSecrets,
  FactorChanges,
  TotpEnrolment,
  TrustedDevices,
  FactorAccess,
  MfaCookies,
  FactorKinds,
  Ownership,
];

/** Second factors. Without the options `mfa` and `passkeys`, there are none of these. */
export const mfaProviders: Provider[] = [
  ...mfaStoreProviders,
  ...factorChangeProviders,
  provide(
    FactorKinds,
    [TotpFactors, PasskeyFactors, RecoveryCodes],
    (...kinds: (FactorKind | undefined)[]): readonly FactorKind[] =>
      kinds.filter((kind) => kind !== undefined),
  ),
  provide(
    FactorBudget,
    [LoginAttempts, AuthEvents],
    (attempts: LoginAttempts, events: AuthEvents) => new FactorBudget(attempts, events),
  ),
  provide(
    SecondFactors,
    [FactorKinds, FactorBudget, AuthEvents, ResolvedAuthOptions],
    (kinds: readonly FactorKind[], budget: FactorBudget, events: AuthEvents, on: ResolvedAuthOptions) =>
      (on.mfa ?? on.passkeys) && new SecondFactors(kinds, budget, events),
  ),
  provide(
    MfaTickets,
    [UserStore, AccountRecords, ActionTokens, ActionPayloads],
    (users: UserStore, { actions }: AccountRecords, tokens: ActionTokens, payloads: ActionPayloads) =>
      new MfaTickets(users, actions, tokens, payloads),
  ),
  provide(
    MfaEnrolment,
    [AccountRecords, AccountMails, MfaTickets, MailboxLimits, ResolvedAuthOptions],
    (
      records: AccountRecords,
      mails: AccountMails | undefined,
      tickets: MfaTickets,
      limits: MailboxLimits,
      { mfa }: ResolvedAuthOptions,
    ) =>
      mfa && mfa.policy !== 'optional' && mails
        ? new MfaEnrolment(records, mails, tickets, limits)
        : undefined,
  ),
  provide(
    LoginGate,
    [SecondFactors, MfaTickets, MfaEnrolment, TrustedDevices, ResolvedAuthOptions],
    (
      factors: SecondFactors | undefined,
      tickets: MfaTickets,
      enrolment: MfaEnrolment | undefined,
      devices: TrustedDevices | undefined,
      { mfa }: ResolvedAuthOptions,
    ) =>
      mfa &&
      factors &&
      new LoginGate(factors, tickets, (user) => isRequiredOf(mfa.policy, user), enrolment, devices),
  ),
  provide(
    MfaLogin,
    [
      MfaTickets,
      SecondFactors,
      AccountRecords,
      UserStore,
      TokensService,
      AccountEvents,
      DeviceProofs,
      TrustedDevices,
      ResolvedAuthOptions,
    ],
    (
      tickets: MfaTickets,
      factors: SecondFactors | undefined,
      { states }: AccountRecords,
      users: UserStore,
      tokens: TokensService,
      events: AccountEvents,
      proofs: DeviceProofs,
      devices: TrustedDevices | undefined,
      { mfa }: ResolvedAuthOptions,
    ) =>
      mfa &&
      factors &&
      new MfaLogin(tickets, factors, states, new SessionStart(users, tokens), events, proofs, devices),
  ),
  provide(
    MfaCookies,
    [ResolvedAuthOptions, HttpAdapterHost],
    ({ cookies, mfa, passkeys }: ResolvedAuthOptions, host: HttpAdapterHost) =>
      (mfa ?? passkeys) && new MfaCookies(cookies, host, mfa?.trustedDevices.lifetime ?? 0),
  ),
];
