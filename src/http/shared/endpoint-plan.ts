/** The folders of the endpoints, without slashes at their ends. */
export interface EndpointPaths {
  /** Where users log in and manage their sessions. The last segment must be `auth`. Default `auth`. */
  auth: string;
  /** Where resource servers introspect and revoke tokens. Default `oauth`. */
  oauth: string;
  /** Where the keys and the metadata are. The last segment must be `.well-known`. Default `.well-known`. */
  wellKnown: string;
}

export const DEFAULT_PATHS: EndpointPaths = { auth: 'auth', oauth: 'oauth', wellKnown: '.well-known' };

/** The routes by the names that they have in the OpenAPI document. */
export const ROUTE_NAMES = [
  'register',
  'login',
  'refresh',
  'logout',
  'logoutAll',
  'getCurrentUser',
  'changePassword',
  'stepUp',
  'getStepUpOptions',
  'getLoginMfaOptions',
  'getPasskeyOptions',
  'addPasskey',
  'renamePasskey',
  'getPasskeySignals',
  'getPasskeyLoginOptions',
  'loginWithPasskey',
  'completeLogin',
  'listFactors',
  'removeFactor',
  'cancelFactorsReset',
  'renewRecoveryCodes',
  'addTotp',
  'confirmTotp',
  'listTrustedDevices',
  'removeTrustedDevice',
  'beginRegistration',
  'confirmRegistration',
  'forgotPassword',
  'resetPassword',
  'verifyEmail',
  'resendVerification',
  'changeEmail',
  'confirmEmail',
  'undoEmailChange',
  'changeName',
  'closeAccount',
  'restoreAccount',
  'exportAccount',
  'listSessions',
  'endSession',
  'endOtherSessions',
  'listEvents',
  'forwardAuth',
  'introspectToken',
  'revokeToken',
  'getJwks',
  'getServerMetadata',
  'getOpenIdConfiguration',
  'getResourceMetadata',
  'getRelatedOrigins',
  'getPasskeyEndpoints',
  'changePasswordAddress',
] as const;

/** The name of a route, which is its operation id in the OpenAPI document. */
export type RouteName = (typeof ROUTE_NAMES)[number];

/** Where the endpoints of a module are, and which of them do not exist. */
export interface EndpointPlan {
  readonly paths: EndpointPaths;
  readonly off: ReadonlySet<RouteName>;
}

export const EndpointPlan = Symbol('EndpointPlan');
