// What a host needs for controllers that answer as ours do; `index.ts` exports it.
export { AuthEndpoints, isAuthEndpoint } from './shared/auth-endpoints.decorator.js';
export type { AuthResponse, TokenResponse } from './sign-in/auth-response.js';
export { AuthResponses } from './sign-in/auth-responses.js';
export { bearerToken } from './strategies/bearer-token.js';
export { clientAddress } from './shared/client-address.js';
export { clientOf } from './shared/client-of.js';
export { CookieClearingFilter } from './browser/cookie-clearing.filter.js';
export {
  ClearsCookies,
  CookiesUnless,
  type ExplicitCredential,
} from './browser/explicit-credential.decorator.js';
export { JsonBodyGuard } from './browser/json-body.guard.js';
export { NoStore, NoStoreGuard } from './guards/no-store.guard.js';
export { PresentedRefreshGuard } from './guards/presented-refresh.guard.js';
export { RateLimited } from './rate-limits/rate-limited.decorator.js';
export { RateLimitGuard } from './rate-limits/rate-limit.guard.js';
export { requestedTransport, type TokenTransport } from './shared/token-transport.js';
export type { EndpointPaths, RouteName } from './shared/endpoint-plan.js';
export { SessionCookies } from './browser/session-cookies.js';
export { SilentRefresh } from './browser/silent-refresh.js';
export { TrustedOrigins } from './browser/trusted-origins.js';
export { ValidBody, ValidQuery } from './shared/valid.decorator.js';
