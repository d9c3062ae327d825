import { applyDecorators, type ExecutionContext, SetMetadata, UseFilters } from '@nestjs/common';
import { AuthExceptionFilter } from './auth-exception.filter.js';

const AUTH_ENDPOINTS = 'latchkey:auth-endpoints';

/** The key under which the interceptor of @nestjs/cache-manager finds how long to keep a response. */
const CACHE_TTL = 'cache_module:cache_ttl';

/**
 * Keeps the contract of Latchkey's controllers in apps with global filters and interceptors: errors have our body and
 * headers, and no response is kept in the app's cache, which would serve one user's response to the next. Apply it first,
 * that is, last in the list: the filters of a controller are asked from the last one applied to the first.
 */
export const AuthEndpoints = () =>
  applyDecorators(
    SetMetadata(AUTH_ENDPOINTS, true),
    SetMetadata(CACHE_TTL, refuseToCache),
    UseFilters(AuthExceptionFilter),
  );

/** The interceptor does not cache the response when it cannot find out for how long. A time of zero means forever. */
function refuseToCache(): never {
  throw new Error('Latchkey does not let its responses be cached');
}

/**
 * Whether a request is for one of Latchkey's own endpoints. An interceptor of yours that changes every response, such as
 * one that wraps it in `{ data }`, should leave these alone: clients rely on their shape.
 */
export function isAuthEndpoint(context: ExecutionContext): boolean {
  return Reflect.getMetadata(AUTH_ENDPOINTS, context.getClass()) === true;
}
