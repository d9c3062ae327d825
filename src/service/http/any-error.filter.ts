import type { FastifyRequest } from 'fastify';
import { type ArgumentsHost, Catch, HttpException } from '@nestjs/common';
import {
  AuthError,
  AuthExceptionFilter,
  ForbiddenError,
  InternalError,
  MalformedJsonError,
  MethodNotAllowedError,
  NotFoundError,
  OAuthError,
  PayloadTooLargeError,
  UnavailableError,
  UnsupportedMediaTypeError,
  ValidationFailedError,
} from '../../index.js';
import { isForOAuth } from './route-of.js';

/** The contract's errors for the HTTP errors of the framework. */
const BY_STATUS: Record<number, new () => AuthError> = {
  400: MalformedJsonError,
  403: ForbiddenError,
  404: NotFoundError,
  405: MethodNotAllowedError,
  413: PayloadTooLargeError,
  415: UnsupportedMediaTypeError,
  503: UnavailableError,
};

/** The last resort: turns any error into the contract's error body. */
@Catch()
export class AnyErrorFilter extends AuthExceptionFilter {
  override catch(error: unknown, host: ArgumentsHost): void {
    const known = toAuthError(error);
    // Errors that come before the controller, which has a filter for all others.
    super.catch(
      isForOAuth(host.switchToHttp().getRequest<FastifyRequest>()) ? OAuthError.from(known) : known,
      host,
    );
  }
}

function toAuthError(error: unknown): AuthError {
  if (error instanceof AuthError) return error;
  const status = statusOf(error);
  if (status < 400 || status >= 500) return new InternalError({ cause: error });
  const Known = BY_STATUS[status] ?? ValidationFailedError;
  return new Known();
}

/** The status of an error. Fastify sets one on errors caused by the client, such as an incomplete body. */
function statusOf(error: unknown): number {
  if (error instanceof HttpException) return isPathOfNoFile(error.cause) ? 404 : error.getStatus();
  return Number((error as { statusCode?: unknown } | null | undefined)?.statusCode ?? 500);
}

/** A malformed path under the static files is not forbidden: there is no such file. */
function isPathOfNoFile(cause: unknown): boolean {
  return (cause as { code?: unknown } | null | undefined)?.code === 'FST_STATIC_FORBIDDEN_PATH';
}
