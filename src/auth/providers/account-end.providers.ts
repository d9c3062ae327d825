import { Logger, type Provider } from '@nestjs/common';
import { AccountWork } from '../../accounts/account-work.js';
import { ClosedAccounts, type Forget } from '../../accounts/closed-accounts.js';
import { AccountMails } from '../../actions/account-mails.js';
import { AccountRecords } from '../../actions/account-records.js';
import { ActionTokens } from '../../actions/action-tokens.js';
import { AuditTrail } from '../../events/audit-trail.js';
import { AuthEvents } from '../../events/auth-events.js';
import { OBSERVER } from '../../instances/observer.js';
import { FactorBudget } from '../../mfa/factor-budget.js';
import { FactorChanges } from '../../mfa/factor-changes.js';
import { DueFactorResets } from '../../mfa/due-factor-resets.js';
import { FactorReset } from '../../mfa/factor-reset.js';
import { type ForgetFactors as Forgetting, forgettingFactors } from '../../mfa/forget-factors.js';
import { RECOVERY_DEFAULTS } from '../../mfa/recovery-brake.js';
import { FactorStore } from '../../mfa/factor-store.js';
import { TrustedDeviceStore } from '../../mfa/trusted-devices.js';
import { passkeysIn, PasskeyStore } from '../../passkeys/passkey-store.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { AccountProtection } from '../../users/account-protection.js';
import { UserStore } from '../../users/user-store.js';
import { provide } from './provide.js';

/** Removes the second factors of a user, wherever they are kept; `undefined` if there are none. */
export const ForgetFactors = Symbol('ForgetFactors');
export type ForgetFactors = Forgetting;

/** The same, if a reset on an address that was not proven takes the account over. Where none is ever proven, it does not. */
export const ForgetOnTakeover = Symbol('ForgetOnTakeover');

type DueFactorResetsParts = [
  UserStore,
  AccountRecords,
  ForgetFactors | undefined,
  FactorBudget,
  TokensService,
  AuthEvents,
  AccountMails | undefined,
  ResolvedAuthOptions,
];

/** What happens to accounts at their end. */
export const accountEndProviders: Provider[] = [
  provide(
    ForgetFactors,
    [FactorStore, TrustedDeviceStore, PasskeyStore, ResolvedAuthOptions, { token: OBSERVER, optional: true }],
    (
      factors: FactorStore,
      devices: TrustedDeviceStore,
      passkeys: PasskeyStore,
      on: ResolvedAuthOptions,
      isObserver?: true,
    ) => {
      // Also of kinds that are off now. A command does not know what the app that it serves has.
      const places: Forgetting[] = [];
      if (on.mfa ?? isObserver)
        places.push(
          (userId, inside) => factors.within(inside).removeAll(userId, 'totp'),
          (userId, inside) => factors.within(inside).removeAll(userId, 'recovery-codes'),
          (userId, inside) => devices.within(inside).removeAll(userId),
        );
      if (on.passkeys ?? isObserver)
        places.push((userId, inside) => passkeysIn(passkeys, inside?.manager).removeOf(userId));
      return forgettingFactors(places);
    },
  ),
  provide(
    DueFactorResets,
    [
      UserStore,
      AccountRecords,
      ForgetFactors,
      FactorBudget,
      TokensService,
      AuthEvents,
      AccountMails,
      ResolvedAuthOptions,
    ],
    (...parts: DueFactorResetsParts) => {
      const [users, records, forget, budget, tokens, events, mails, { mfa, passkeys }] = parts;
      if (!forget || !(mfa ?? passkeys)) return undefined;
      const { recoveryBrake } = mfa ?? RECOVERY_DEFAULTS;
      const logger = new Logger('SecondFactors');
      const warn = (message: string) => logger.warn(message);
      return new DueFactorResets(users, records, forget, budget, tokens, events, mails, recoveryBrake, warn);
    },
  ),
  provide(
    FactorReset,
    [
      UserStore,
      AccountRecords,
      FactorChanges,
      DueFactorResets,
      ActionTokens,
      AuthEvents,
      AccountMails,
      ResolvedAuthOptions,
    ],
    (
      users: UserStore,
      records: AccountRecords,
      changes: FactorChanges | undefined,
      due: DueFactorResets | undefined,
      links: ActionTokens,
      events: AuthEvents,
      mails: AccountMails | undefined,
      { mfa }: ResolvedAuthOptions,
    ) => {
      if (!changes || !due) return undefined;
      const { resetDelay } = mfa ?? RECOVERY_DEFAULTS;
      return new FactorReset(users, records, changes, due, links, events, mails, resetDelay);
    },
  ),
  provide(
    ForgetOnTakeover,
    [ForgetFactors, ResolvedAuthOptions],
    (forget: ForgetFactors | undefined, { accounts }: ResolvedAuthOptions) =>
      accounts.verification === 'off' ? undefined : forget,
  ),
  provide(
    ClosedAccounts,
    [AccountWork, TokensService, AccountProtection, AuthEvents, AuditTrail, ResolvedAuthOptions],
    (
      work: AccountWork | undefined,
      tokens: TokensService,
      protection: AccountProtection,
      events: AuthEvents,
      trail: AuditTrail | undefined,
      options: ResolvedAuthOptions,
    ) => {
      if (!options.accounts.enabled || !work) return undefined;
      const logger = new Logger('Accounts');
      const warn = (message: string) => logger.warn(message);
      const places: Forget[] = trail ? [(userId) => trail.forget(userId)] : [];
      return new ClosedAccounts(work, tokens, protection, events, places, warn);
    },
  ),
];
