import type { Provider, Type } from '@nestjs/common';
import { AccountController } from '../../http/account/account.controller.js';
import { EmailController } from '../../http/email/email.controller.js';
import { ForwardAuthController } from '../../http/forward-auth/forward-auth.controller.js';
import { PASSKEY_CONTROLLERS } from './passkey-routes.js';
import { FactorResetController } from '../../http/mfa/factor-reset.controller.js';
import { FactorsController } from '../../http/mfa/factors.controller.js';
import { LoginMfaController } from '../../http/mfa/login-mfa.controller.js';
import { TotpController } from '../../http/mfa/totp.controller.js';
import { PasswordResetController } from '../../http/password/password-reset.controller.js';
import { RegistrationController } from '../../http/registration/registration.controller.js';
import { EndpointPlan, type RouteName } from '../../http/shared/endpoint-plan.js';
import { AuthController } from '../../http/sign-in/auth.controller.js';
import { accountSwitches } from '../../options/accounts.options.js';
import type { AuthModuleOptions } from '../../options/auth-options.js';
import { mfaSwitches } from '../../options/mfa.options.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { methodsFor, switchRoute } from './placed-controllers.js';
import { provide } from '../providers/provide.js';

/** The controllers with routes that options turn off. */
export const SWITCHED_BY_OPTIONS: readonly Type[] = [
  AuthController,
  ForwardAuthController,
  RegistrationController,
  PasswordResetController,
  EmailController,
  AccountController,
  ...PASSKEY_CONTROLLERS,
  LoginMfaController,
  TotpController,
  FactorsController,
  FactorResetController,
];

/** What of second factors exists; `undefined`: nothing. */
export type MfaSwitches =
  { totp: { enabled: boolean }; recoveryCodes: boolean; trustedDevices: { enabled: boolean } } | undefined;

export type Switches = Pick<ResolvedAuthOptions, 'forwardAuth' | 'accounts'> & {
  registration: { enabled: boolean };
  mfa?: MfaSwitches;
  /** Not `undefined`: there are passkeys. */
  passkeys?: object;
};

/** From options that have not been checked yet. */
export function switchesOf(given: AuthModuleOptions): Switches {
  return {
    forwardAuth: given.forwardAuth === true,
    registration: { enabled: given.registration !== false },
    accounts: accountSwitches(given),
    mfa: mfaSwitches(given),
    ...(given.passkeys && { passkeys: given.passkeys }),
  };
}

/** When a route exists that depends on options. */
const CONDITIONS = {
  forwardAuth: ({ forwardAuth }) => forwardAuth,
  register: (switches) => switches.registration.enabled && !mustProve(switches),
  beginRegistration: (switches) => switches.registration.enabled && mustProve(switches),
  confirmRegistration: (switches) => switches.registration.enabled && mustProve(switches),
  forgotPassword: ({ accounts }) => accounts.enabled,
  resetPassword: ({ accounts }) => accounts.enabled,
  verifyEmail: ({ accounts }) => accounts.enabled && accounts.verification !== 'off',
  resendVerification: ({ accounts }) => accounts.enabled && accounts.verification !== 'off',
  changeEmail: ({ accounts }) => accounts.enabled,
  confirmEmail: ({ accounts }) => accounts.enabled,
  undoEmailChange: ({ accounts }) => accounts.enabled,
  changeName: ({ accounts }) => accounts.enabled,
  closeAccount: ({ accounts }) => accounts.enabled,
  restoreAccount: ({ accounts }) => accounts.enabled,
  exportAccount: ({ accounts }) => accounts.enabled,
  getStepUpOptions: hasPasskeys,
  getLoginMfaOptions: ({ mfa, passkeys }) => mfa !== undefined && passkeys !== undefined,
  getPasskeyOptions: hasPasskeys,
  addPasskey: hasPasskeys,
  renamePasskey: hasPasskeys,
  getPasskeySignals: hasPasskeys,
  getPasskeyLoginOptions: hasPasskeys,
  loginWithPasskey: hasPasskeys,
  getRelatedOrigins: hasPasskeys,
  getPasskeyEndpoints: hasPasskeys,
  changePasswordAddress: hasPasskeys,
  completeLogin: ({ mfa }) => mfa !== undefined,
  listFactors: hasFactors,
  removeFactor: hasFactors,
  cancelFactorsReset: hasFactors,
  renewRecoveryCodes: ({ mfa }) => mfa?.recoveryCodes ?? false,
  addTotp: ({ mfa }) => mfa?.totp.enabled ?? false,
  confirmTotp: ({ mfa }) => mfa?.totp.enabled ?? false,
  listTrustedDevices: ({ mfa }) => mfa?.trustedDevices.enabled ?? false,
  removeTrustedDevice: ({ mfa }) => mfa?.trustedDevices.enabled ?? false,
} satisfies Partial<Record<RouteName, (switches: Switches) => boolean>>;

const CONDITIONAL = Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[];

function hasFactors({ mfa, passkeys }: Switches): boolean {
  return mfa !== undefined || passkeys !== undefined;
}

function hasPasskeys({ passkeys }: Switches): boolean {
  return passkeys !== undefined;
}

function mustProve({ accounts }: Switches): boolean {
  return accounts.enabled && accounts.verification === 'required';
}

/** The routes that options turn off. */
export function routesOff(switches: Switches): Set<RouteName> {
  return new Set(CONDITIONAL.filter((route) => !CONDITIONS[route](switches)));
}

/**
 * With `forRootAsync`, the options are known only after Nest has read the controllers, but before it maps their routes.
 * A route that is off is then not there at all, as with `forRoot`.
 */
export function lateRoutes(controllers: readonly Type[]): Provider {
  return provide(
    Symbol('LateRoutes'),
    [ResolvedAuthOptions, EndpointPlan],
    (options: ResolvedAuthOptions, plan: EndpointPlan) => {
      const off = routesOff(options);
      const switched = new Set<RouteName>(CONDITIONAL.filter((route) => !plan.off.has(route)));
      for (const controller of controllers)
        for (const method of methodsFor(controller, switched))
          switchRoute(controller, method, !methodsFor(controller, off).includes(method));
      return off;
    },
  );
}
