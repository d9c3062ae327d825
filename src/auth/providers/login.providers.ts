import type { Provider } from '@nestjs/common';
import { DeviceProofs } from '../../tokens/device-proofs.js';
import { TokensService } from '../../tokens/tokens.service.js';
import { Passwords } from '../../users/passwords.js';
import { UserStore } from '../../users/user-store.js';
import { AccountRecords } from '../../actions/account-records.js';
import { EmailVerification } from '../../accounts/email-verification.js';
import { AccountEvents } from '../../accounts/account-events.js';
import { Login } from '../../accounts/login.js';
import { NewAccounts } from '../../accounts/new-accounts.js';
import { PasswordAttempts } from '../../accounts/password-attempts.js';
import { PasswordChange } from '../../accounts/password-change.js';
import { Registrar } from '../../accounts/registration.js';
import { RegisterDto } from '../../users/register.dto.js';
import { StepUps } from '../../accounts/step-up.js';
import { RenewedAuthentication } from '../../tokens/renewed-authentication.js';
import { MfaLogin } from '../../accounts/mfa-login.js';
import { LoginGate } from '../../mfa/login-gate.js';
import { SecondFactors } from '../../mfa/second-factors.js';
import { SessionStart } from '../../accounts/session-start.js';
import { SessionStore } from '../../sessions/session-store.js';
import { AuthService } from '../../accounts/auth.service.js';
import { provide } from './provide.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';

/** Registration, login and step-up. */
export const loginProviders: Provider[] = [
  provide(
    Registrar,
    [
      NewAccounts,
      TokensService,
      AccountEvents,
      DeviceProofs,
      EmailVerification,
      LoginGate,
      ResolvedAuthOptions,
    ],
    (
      accounts: NewAccounts,
      tokens: TokensService,
      events: AccountEvents,
      devices: DeviceProofs,
      verification: EmailVerification | undefined,
      gate: LoginGate | undefined,
      { registration: { dto, onRegister }, accounts: { verification: mode } }: ResolvedAuthOptions,
    ) =>
      new Registrar(
        accounts,
        tokens,
        events,
        devices,
        dto !== RegisterDto || onRegister ? {} : undefined,
        mode === 'off' ? undefined : verification,
        gate,
      ),
  ),
  provide(
    Login,
    [
      UserStore,
      Passwords,
      PasswordAttempts,
      TokensService,
      AccountEvents,
      DeviceProofs,
      EmailVerification,
      LoginGate,
      ResolvedAuthOptions,
    ],
    (
      users: UserStore,
      passwords: Passwords,
      attempts: PasswordAttempts,
      tokens: TokensService,
      events: AccountEvents,
      devices: DeviceProofs,
      verification: EmailVerification | undefined,
      gate: LoginGate | undefined,
      { accounts }: ResolvedAuthOptions,
    ) => {
      const needed = accounts.verification === 'required' ? verification : undefined;
      const start = new SessionStart(users, tokens);
      return new Login(users, passwords, attempts, start, events, devices, needed, gate);
    },
  ),
  provide(
    StepUps,
    [
      UserStore,
      Passwords,
      PasswordAttempts,
      RenewedAuthentication,
      AccountEvents,
      SecondFactors,
      AccountRecords,
      SessionStore,
    ],
    (
      users: UserStore,
      passwords: Passwords,
      attempts: PasswordAttempts,
      renewed: RenewedAuthentication,
      events: AccountEvents,
      factors: SecondFactors | undefined,
      { states }: AccountRecords,
      sessions: SessionStore,
    ) => new StepUps(users, passwords, attempts, renewed, events, factors && { factors, states, sessions }),
  ),
  provide(
    AuthService,
    [UserStore, Registrar, Login, PasswordChange, StepUps, MfaLogin],
    (...parts: [...ConstructorParameters<typeof AuthService>]) => new AuthService(...parts),
  ),
];
