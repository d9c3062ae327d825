import type { Type } from '@nestjs/common';
import { AccountController } from '../../http/account/account.controller.js';
import { EmailController } from '../../http/email/email.controller.js';
import { PasswordResetController } from '../../http/password/password-reset.controller.js';
import { RegistrationController } from '../../http/registration/registration.controller.js';
import { PasskeyLoginController } from '../../http/passkeys/passkey-login.controller.js';
import { PasskeyWellKnownController } from '../../http/passkeys/passkey-well-known.controller.js';
import { PasskeysController } from '../../http/passkeys/passkeys.controller.js';
import { PasskeyChallengesController } from '../../http/passkeys/passkey-challenges.controller.js';
import { FactorResetController } from '../../http/mfa/factor-reset.controller.js';
import { FactorsController } from '../../http/mfa/factors.controller.js';
import { LoginMfaController } from '../../http/mfa/login-mfa.controller.js';
import { TotpController } from '../../http/mfa/totp.controller.js';
import { PasswordController } from '../../http/password/password.controller.js';
import { StepUpController } from '../../http/step-up/step-up.controller.js';
import { SessionsController } from '../../http/sessions/sessions.controller.js';
import { EventsController } from '../../http/events/events.controller.js';
import { ForwardAuthController } from '../../http/forward-auth/forward-auth.controller.js';
import { OAuthController } from '../../http/oauth/oauth.controller.js';
import { WellKnownController } from '../../http/oauth/well-known.controller.js';
import { AuthController } from '../../http/sign-in/auth.controller.js';
import {
  DEFAULT_PATHS,
  type EndpointPaths,
  type EndpointPlan,
  type RouteName,
} from '../../http/shared/endpoint-plan.js';
import { inheritRoutes, withoutRoute } from './inherited-routes.js';

type Routes<Controller> = Partial<Record<keyof Controller & string, RouteName>>;

const routesOf = <Controller extends object>(controller: Type<Controller>, routes: Routes<Controller>) =>
  [controller as Type, routes as Record<string, RouteName>] as const;

/** The methods of each controller, and the routes that they serve. */
const CONTROLLERS = new Map<Type, Record<string, RouteName>>([
  routesOf(AuthController, {
    register: 'register',
    login: 'login',
    refresh: 'refresh',
    logout: 'logout',
    logoutAll: 'logoutAll',
    me: 'getCurrentUser',
  }),
  routesOf(PasswordController, { changePassword: 'changePassword' }),
  routesOf(StepUpController, { stepUp: 'stepUp' }),
  routesOf(LoginMfaController, { complete: 'completeLogin' }),
  routesOf(TotpController, { begin: 'addTotp', confirm: 'confirmTotp' }),
  routesOf(FactorsController, {
    list: 'listFactors',
    remove: 'removeFactor',
    renewCodes: 'renewRecoveryCodes',
    listDevices: 'listTrustedDevices',
    removeDevice: 'removeTrustedDevice',
  }),
  routesOf(FactorResetController, { cancel: 'cancelFactorsReset' }),
  routesOf(RegistrationController, { begin: 'beginRegistration', confirm: 'confirmRegistration' }),
  routesOf(PasswordResetController, { forgot: 'forgotPassword', reset: 'resetPassword' }),
  routesOf(EmailController, {
    verify: 'verifyEmail',
    resend: 'resendVerification',
    change: 'changeEmail',
    confirm: 'confirmEmail',
    undo: 'undoEmailChange',
  }),
  routesOf(AccountController, {
    changeName: 'changeName',
    close: 'closeAccount',
    restore: 'restoreAccount',
    exportData: 'exportAccount',
  }),
  routesOf(PasskeysController, {
    begin: 'getPasskeyOptions',
    add: 'addPasskey',
    rename: 'renamePasskey',
    signals: 'getPasskeySignals',
  }),
  routesOf(PasskeyLoginController, { begin: 'getPasskeyLoginOptions', login: 'loginWithPasskey' }),
  routesOf(PasskeyChallengesController, { forLogin: 'getLoginMfaOptions', forStepUp: 'getStepUpOptions' }),
  routesOf(PasskeyWellKnownController, {
    relatedOrigins: 'getRelatedOrigins',
    endpoints: 'getPasskeyEndpoints',
    changePassword: 'changePasswordAddress',
  }),
  routesOf(SessionsController, { list: 'listSessions', end: 'endSession', endOthers: 'endOtherSessions' }),
  routesOf(EventsController, { list: 'listEvents' }),
  routesOf(ForwardAuthController, { identify: 'forwardAuth' }),
  routesOf(OAuthController, { introspect: 'introspectToken', revoke: 'revokeToken' }),
  routesOf(WellKnownController, {
    jwks: 'getJwks',
    metadata: 'getServerMetadata',
    metadataOfPath: 'getServerMetadata',
    openIdConfiguration: 'getOpenIdConfiguration',
    openIdConfigurationOfPath: 'getOpenIdConfiguration',
    resource: 'getResourceMetadata',
    resourceOfPath: 'getResourceMetadata',
  }),
]);

/** All controllers of this package. */
export const OWN_CONTROLLERS: readonly Type[] = [...CONTROLLERS.keys()];

/** The controller of this package that a class is or extends. */
export function ownControllerOf(controller: Type): Type | undefined {
  return OWN_CONTROLLERS.find((own) => own === controller || controller.prototype instanceof own);
}

/** The methods of a controller that serve the given routes. */
export function methodsFor(controller: Type, routes: ReadonlySet<RouteName>): string[] {
  const own = CONTROLLERS.get(ownControllerOf(controller)!) ?? {};
  return Object.keys(own).filter((method) => routes.has(own[method]!));
}

/**
 * Returns the controllers as a module of this plan has them: at its paths, without the routes that are off, and with
 * everything that overridden routes inherit. A class that has to differ for this is replaced by a subclass, because
 * another module may use the same class.
 * @param replaced controllers that are replaced in any case, so that routes can be turned off later
 */
export function placedControllers(
  controllers: readonly Type[],
  { paths, off }: EndpointPlan,
  replaced: readonly Type[] = [],
): Type[] {
  return controllers.flatMap((controller) => {
    const own = ownControllerOf(controller);
    if (!own) return [controller];
    inheritRoutes(controller, own);
    const path = movedPath(controller, paths);
    const gone = methodsFor(controller, off);
    if (controller === own && gone.length === Object.keys(CONTROLLERS.get(own)!).length) return [];
    if (path === undefined && gone.length === 0 && !replaced.includes(own)) return [controller];
    const placed = subclassOf(controller);
    if (path !== undefined) Reflect.defineMetadata(PATH, path, placed);
    for (const method of gone) switchRoute(placed, method, false);
    return [placed];
  });
}

/** Turns a route of a controller off, so that Nest does not find it, or on again. Other code can call it as before. */
export function switchRoute(placed: Type, method: string, on: boolean): void {
  const prototype = placed.prototype as Record<string, unknown>;
  if (on) return void Reflect.deleteProperty(prototype, method);
  const above = Object.getPrototypeOf(prototype) as Record<string, (...args: unknown[]) => unknown>;
  function inherited(this: object, ...args: unknown[]) {
    return above[method]!.apply(this, args);
  }
  Object.defineProperty(prototype, method, {
    value: withoutRoute(inherited),
    configurable: true,
    writable: true,
  });
}

const PATH = 'path';

/** `undefined` if the path stays: nothing has moved, or the class of a host has its own path. */
function movedPath(controller: Type, paths: EndpointPaths): string | undefined {
  let holder: object = controller;
  while (!Reflect.hasOwnMetadata(PATH, holder)) holder = Object.getPrototypeOf(holder) as object;
  if (!CONTROLLERS.has(holder as Type)) return undefined;
  const path = Reflect.getOwnMetadata(PATH, holder) as string;
  for (const [name, from] of Object.entries(DEFAULT_PATHS) as [keyof EndpointPaths, string][])
    if ((path === from || path.startsWith(`${from}/`)) && paths[name] !== from)
      return paths[name] + path.slice(from.length);
  return undefined;
}

function subclassOf(controller: Type): Type {
  const { [controller.name]: Placed } = { [controller.name]: class extends controller {} };
  return Placed!;
}
