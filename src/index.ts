/**
 * The public API for Nest apps. Anything not exported here is internal.
 * @module latchkey
 */

// The module and its options
export { AuthModule } from './auth/auth.module.js';
export type { AuthModuleOptions } from './options/auth-options.js';
export type { AuditReceiverOptions } from './options/audit.options.js';
export type { AlertWebhookOptions } from './options/alerts.options.js';
export type { KeyRingOptions } from './options/key-ring.options.js';
export type { PoolerMode } from './database/pooling.js';
export type { PoolerOptions } from './options/pooler.options.js';
export { defineRegistration, type RegistrationOptions } from './options/registration.options.js';
export type { RateLimit, RateLimitName } from './options/rate-limits.options.js';
export type { AuthModuleParts } from './auth/auth-module-parts.js';
export { authOptionWarnings, checkAuthOptions } from './auth/check-auth-options.js';
export type { OptionWarning } from './options/option-warnings.js';
export { weaknessOf } from './keys/weak-secret.js';
export { AuthOptionsError, type OptionProblem } from './options/options-error.js';
export { type Duration, parseDuration } from './options/duration.js';

// Guards, decorators, strategies
export { JwtAuthGuard } from './http/guards/jwt-auth.guard.js';
export { RefreshJwtGuard } from './http/guards/refresh-jwt.guard.js';
export { CsrfGuard } from './http/browser/csrf.guard.js';
export { RolesGuard } from './http/guards/roles.guard.js';
export { OptionalAuth, Public } from './http/decorators/public.decorator.js';
export { CurrentUser } from './http/decorators/current-user.decorator.js';
export { Permissions, Roles } from './http/decorators/roles.decorator.js';
export { StepUp, type StepUpOptions } from './http/decorators/step-up.decorator.js';
export { RevocationCheck, StrictSession } from './http/decorators/revocation-check.decorator.js';
export type { AuthUser } from './transports/auth-user.js';
export { currentUser } from './transports/request-of.js';
export { rememberHandshake } from './transports/socket-request.js';
export { AccessJwtStrategy } from './http/strategies/access-jwt.strategy.js';
export { type PresentedRefreshToken, RefreshJwtStrategy } from './http/strategies/refresh-jwt.strategy.js';

// Services
export * from './auth/doctor/public.js';
export { AuthDoctor, examineHashing, examineRedis } from './auth/auth-doctor.js';
export { AuthReadiness } from './auth/readiness/auth-readiness.js';
export { AccountProtection } from './users/account-protection.js';
export { Cleanup, type CleanupOptions } from './cleanup/cleanup.js';
export { TokenIntrospection } from './tokens/token-introspection.js';
export { TokensService } from './tokens/tokens.service.js';
export type { EndAllOptions, EndedAll } from './revocation/mass-revocation.js';
export { SessionEndings } from './revocation/session-endings.js';
export { AuthController } from './http/sign-in/auth.controller.js';
export { PasswordController } from './http/password/password.controller.js';
export { StepUpController } from './http/step-up/step-up.controller.js';
export { SessionsController } from './http/sessions/sessions.controller.js';
export { toSessionView, type SessionView } from './http/sessions/session-view.js';
export { ForwardAuthController } from './http/forward-auth/forward-auth.controller.js';
export { OAuthController } from './http/oauth/oauth.controller.js';
export { WellKnownController } from './http/oauth/well-known.controller.js';
export { ChangePasswordDto } from './http/password/change-password.dto.js';
export { StepUpDto } from './http/step-up/step-up.dto.js';
export { EventsQueryDto } from './http/events/events-query.dto.js';
export { LoginDto } from './http/sign-in/login.dto.js';
export { RefreshTokenDto } from './http/sign-in/refresh-token.dto.js';
export { RegisterDto } from './users/register.dto.js';
export type { RegistrationFields } from './users/registration-fields.js';

export * from './http/for-own-controllers.js';

export type {
  AccessTokenPayload,
  JWTHeader,
  JWTPayload,
  RefreshTokenPayload,
  StartedSession,
  TokenPair,
  TokenSubject,
} from './tokens/token-types.js';
export { type SigningAlgorithm, SIGNING_ALGORITHMS } from './keys/signing-key.js';

// The description of the endpoints
export { authApi, type AuthApiDescription } from './auth/auth-api.js';
export { withAuthDocs } from './auth/host-document.js';
export {
  type ApiAnswer,
  type ApiBody,
  type ApiDescription,
  type ApiOperation,
  type ApiOperations,
  type ApiParameter,
  type DescribedController,
  describeController,
} from './openapi/description.js';
export { type ApiOperationContext, openApiOperation } from './openapi/operation.js';
export type { ApiHeader, ApiHeaders } from './openapi/headers.js';
export type { ApiSchema } from './openapi/schema.js';
export type { ApiCredential, ApiSecurity } from './openapi/security.js';

// Accounts
export * from './accounts/public.js';
export * from './auth/account-flows.js';

// Security events
export * from './audit-export/public.js';
export { AuditTrail } from './events/audit-trail.js';
export type {
  AlertRule,
  AuthEvent,
  AuthEventOf,
  AuthEventType,
  NewAuthEvent,
  RefreshFailure,
} from './events/auth-event.js';
export { type AuthEventListener, AuthEvents } from './events/auth-events.js';
export { EventsController } from './http/events/events.controller.js';
export { type EventView, toEventView } from './http/events/event-view.js';

// Mail
export type { MailBrandOptions, MailOptions } from './options/mail.options.js';
export * from './mail/public.js';
export * from './passkeys/public.js';
export type { PasskeysOptions } from './options/passkeys.options.js';

// Errors
export {
  AuthError,
  type AuthErrorCode,
  type AuthErrorOptions,
  ERROR_STATUS,
  type ErrorDetail,
} from './errors/auth-error.js';
export * from './errors/auth-errors.js';
export { OAuthError, type OAuthErrorCode, type OAuthErrorStatus } from './errors/oauth-error.js';
export { AuthExceptionFilter } from './http/shared/auth-exception.filter.js';

// Parts a host may replace
export {
  type CreationHook,
  type NewUser,
  type RegistrationTransaction,
  type UserAccess,
  type ImportFate,
  type UserAdministration,
  type UserQuery,
  type UserRecord,
  UserStore,
} from './users/user-store.js';
export { SessionStore } from './sessions/session-store.js';
export type {
  ClientInfo,
  EndedSessions,
  NewSession,
  Presentation,
  RevocationReason,
  RotationOutcome,
  Session,
  SessionInfo,
} from './sessions/session-types.js';
export type { AuthenticationLevel, SessionAuthentication } from './sessions/authentication.js';
export type { Refusal } from './sessions/reuse-policy.js';
export type { AuthRequest } from './transports/auth-request.js';
export { TypeOrmUserStore, type UserChanges } from './users/typeorm-user.store.js';
export { canonicalEmail } from './users/email.js';
export { PasswordHasher } from './users/password-hasher.js';
export { BcryptPasswordHasher } from './users/bcrypt-password.hasher.js';
export {
  type RevocableToken,
  type Revocation,
  RevocationList,
  type RevocationWatcher,
} from './revocation/revocation-list.js';
export { RedisRevocationList } from './revocation/redis-revocation-list.js';
export { SessionShards, type ShardState } from './auth/shards/session-shards.js';
export { RedisAwayError, RedisConnection } from './redis/redis-connection.js';
export { InMemoryRevocationList } from './revocation/in-memory-revocation-list.js';
export type { ClaimsHook } from './tokens/access-tokens.js';

// Keys and resource servers
export { KeyRing, type KeyState, type RingKey } from './keys/key-ring.js';
export { KeyRotation } from './keys/key-rotation.js';
export { ResourceClients } from './clients/resource-clients.js';

// The database
export { authEntities, authMigrations, type UsedTables } from './auth/schema.js';
export type { CallableList } from './auth/callable-list.js';
export { StoredLease } from './database/lease.entity.js';
export { StoredInstance } from './instances/instance.entity.js';
export { AuthInstances } from './instances/auth-instances.js';
export type { InstanceState, SecretState, SeenInstance } from './instances/instance.store.js';
export type { KnownSecrets } from './instances/choose-secret.js';
export { OBSERVER } from './instances/observer.js';
export { LoginAttempt } from './users/login-attempt.entity.js';
export { User, type UserClass } from './users/user.entity.js';
export { StoredAccount } from './actions/account.entity.js';
export { StoredAction } from './actions/action.entity.js';
export { ResourceClient } from './clients/resource-client.entity.js';
export { AuditEvent } from './events/audit-event.entity.js';
export { StoredSigningKey } from './keys/signing-key.entity.js';
export { RefreshToken } from './sessions/refresh-token.entity.js';
