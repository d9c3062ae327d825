import type { Provider } from '@nestjs/common';
import { AccountMails } from '../../actions/account-mails.js';
import { AccountRecords } from '../../actions/account-records.js';
import { AuthEvents } from '../../events/auth-events.js';
import { CsrfGuard } from '../../http/browser/csrf.guard.js';
import { StepUpClock } from '../../http/guards/step-up-clock.js';
import { FactorAccess } from '../../http/mfa/factor-access.js';
import { MfaCookies } from '../../http/mfa/mfa-cookies.js';
import { FactorBudget } from '../../mfa/factor-budget.js';
import { FactorChanges } from '../../mfa/factor-changes.js';
import { type FactorKind, FactorKinds } from '../../mfa/factor-kind.js';
import { MfaEnrolment } from '../../mfa/mfa-enrolment.js';
import { isRequiredOf } from '../../mfa/mfa-policy.js';
import { OwnedAccounts } from '../../mfa/owned-accounts.js';
import { Ownership } from '../../mfa/ownership.js';
import { RecoveryCodes } from '../../mfa/recovery-codes.js';
import { TotpEnrolment } from '../../mfa/totp-enrolment.js';
import { TotpFactors } from '../../mfa/totp-factors.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { SessionStore } from '../../sessions/session-store.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { UserStore } from '../../users/user-store.js';
import { provide } from './provide.js';

/** What changes the second factors of an account, and decides who may. */
export const factorChangeProviders: Provider[] = [
  provide(
    Ownership,
    [FactorKinds, AccountRecords, ResolvedAuthOptions],
    (kinds: readonly FactorKind[], { states }: AccountRecords, on: ResolvedAuthOptions) =>
      (on.mfa ?? on.passkeys) && new Ownership(kinds, states),
  ),
  provide(
    FactorChanges,
    [
      UserStore,
      AccountRecords,
      FactorKinds,
      Ownership,
      RecoveryCodes,
      TokensService,
      SessionStore,
      AuthEvents,
      AccountMails,
      ResolvedAuthOptions,
    ],
    (
      users: UserStore,
      records: AccountRecords,
      kinds: readonly FactorKind[],
      ownership: Ownership | undefined,
      codes: RecoveryCodes | undefined,
      tokens: TokensService,
      sessions: SessionStore,
      events: AuthEvents,
      mails: AccountMails | undefined,
      { mfa }: ResolvedAuthOptions,
    ) => {
      if (!ownership) return undefined;
      assertComplete(sessions);
      const isRequired = (user: { roles: string[] }) => isRequiredOf(mfa?.policy ?? 'optional', user);
      return new FactorChanges(
        new OwnedAccounts(users, records, ownership, sessions),
        kinds,
        ownership,
        codes,
        tokens,
        sessions,
        events,
        mails,
        isRequired,
      );
    },
  ),
  provide(
    TotpEnrolment,
    [TotpFactors, FactorChanges, FactorBudget, ResolvedAuthOptions],
    (
      totps: TotpFactors | undefined,
      changes: FactorChanges,
      budget: FactorBudget,
      { mfa }: ResolvedAuthOptions,
    ) => totps && new TotpEnrolment(totps, changes, budget, mfa!.totp.issuer),
  ),
  provide(
    FactorAccess,
    [Ownership, UserStore, StepUpClock, CsrfGuard, MfaCookies, MfaEnrolment],
    (...parts: [...ConstructorParameters<typeof FactorAccess>]) => parts[0] && new FactorAccess(...parts),
  ),
];

/** @throws Error that names what the session store lacks */
function assertComplete(sessions: SessionStore): void {
  for (const name of ['reauthenticate', 'lower'] as const)
    if (typeof sessions[name] !== 'function')
      throw new Error(
        `The option mfa needs the method ${name} of the session store: implement it in ${sessions.constructor.name} as SessionStore describes it.`,
      );
}
