/**
 * The public API for Nest apps. Anything not exported here is internal.
 * @module latchkey
 */

// The module and its options
export { AuthModule } from './auth/auth.module.js';
export type { AuthModuleOptions } from './options/auth-options.js';
export type { AlertWebhookOptions } from './options/alerts.options.js';
export type { KeyRingOptions } from './options/key-ring.options.js';
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
export { RevocationCheck, StrictSession } from './http/decorators/revocation-check.decorator.js';
export type { AuthUser } from './transports/auth-user.js';
export { currentUser } from './transports/request-of.js';
export { rememberHandshake } from './transports/socket-request.js';
export { AccessJwtStrategy } from './http/strategies/access-jwt.strategy.js';
export { type PresentedRefreshToken, RefreshJwtStrategy } from './http/strategies/refresh-jwt.strategy.js';

// Services
export type { Account } from './accounts/account.js';
export { AccountAdmin, type NewAccount } from './accounts/account-admin.js';
export type { AccountPage, AccountQuery } from './accounts/account-list.js';
export { AuthService } from './accounts/auth.service.js';
export type { Authenticated, LoginOutcome } from './accounts/login-outcome.js';
export type { Credentials } from './accounts/login.js';
export type { ChangedPassword, PasswordOwner } from './accounts/password-change.js';
export type { Registration } from './accounts/new-accounts.js';
export { AccountProtection } from './users/account-protection.js';
export { Cleanup, type CleanupOptions } from './cleanup/cleanup.js';
export { TokenIntrospection } from './tokens/token-introspection.js';
export { TokensService } from './tokens/tokens.service.js';
export { SessionEndings } from './revocation/session-endings.js';
export { AuthController } from './http/sign-in/auth.controller.js';
export { PasswordController } from './http/password/password.controller.js';
export { SessionsController } from './http/sessions/sessions.controller.js';
export { toSessionView, type SessionView } from './http/sessions/session-view.js';
export { ForwardAuthController } from './http/forward-auth/forward-auth.controller.js';
export { OAuthController } from './http/oauth/oauth.controller.js';
export { WellKnownController } from './http/oauth/well-known.controller.js';
export { toUserView, type UserView } from './http/sign-in/user-view.js';
export { ChangePasswordDto } from './http/password/change-password.dto.js';
export { EventsQueryDto } from './http/events/events-query.dto.js';
export { LoginDto } from './http/sign-in/login.dto.js';
export { RefreshTokenDto } from './http/sign-in/refresh-token.dto.js';
export { RegisterDto } from './http/sign-in/register.dto.js';
export { clientAddress } from './http/shared/client-address.js';
export { SessionCookies } from './http/browser/session-cookies.js';
export type {
  AccessTokenPayload,
  JWTHeader,
  JWTPayload,
  RefreshTokenPayload,
  StartedSession,
  TokenPair,
  TokenSubject,
} from './tokens/token-types.js';
export type { SigningAlgorithm } from './keys/signing-key.js';
export { SIGNING_ALGORITHMS } from './keys/signing-key.js';

// The description of the endpoints
export { authApi, type AuthApiDescription } from './auth/auth-api.js';
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

// Security events
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
export { isAuthEndpoint } from './http/shared/auth-endpoints.decorator.js';

// Parts a host may replace
export {
  type NewUser,
  type UserAccess,
  type UserAdministration,
  type UserQuery,
  type UserRecord,
  UserStore,
} from './users/user-store.js';
export { SessionStore } from './sessions/session-store.js';
export type {
  ClientInfo,
  NewSession,
  Presentation,
  RevocationReason,
  RotationOutcome,
  Session,
  SessionInfo,
} from './sessions/session-types.js';
export type { Refusal } from './sessions/reuse-policy.js';
export type { AuthRequest } from './transports/auth-request.js';
export type { TokenTransport } from './http/shared/token-transport.js';
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
export { LoginAttempt } from './users/login-attempt.entity.js';
export { User } from './users/user.entity.js';
export { ResourceClient } from './clients/resource-client.entity.js';
export { AuditEvent } from './events/audit-event.entity.js';
export { StoredSigningKey } from './keys/signing-key.entity.js';
export { RefreshToken } from './sessions/refresh-token.entity.js';
