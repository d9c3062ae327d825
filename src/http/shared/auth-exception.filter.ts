import { randomUUID } from 'node:crypto';
import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AuthError } from '../../errors/auth-error.js';
import { OAuthError } from '../../errors/oauth-error.js';
import { isReported } from '../../errors/reported.js';
import { traceOf } from '../../tracing/spans.js';
import { traceIdsOf } from '../../tracing/trace-context.js';
import { answerElsewhere } from '../../transports/answer-elsewhere.js';
import type { AuthRequest } from '../../transports/auth-request.js';

/** Failures without any presented token, for which RFC 6750 §3.1 requires a challenge without an error code. */
const NO_TOKEN_PRESENTED = new Set<string>([
  'TOKEN_MISSING',
  'REFRESH_TOKEN_MISSING',
  'INVALID_CREDENTIALS',
  'MFA_REQUIRED',
  'MFA_ENROLMENT_REQUIRED',
  'INVALID_CODE',
  'PASSKEY_REJECTED',
]);

/**
 * Responds to every `AuthError`, and to no other error, with its status, the body
 * `{ statusCode, error, message, details?, requestId }`, and the matching headers (RFC 9110 §11.6.1, §10.2.3).
 *
 * On other transports there are no headers and no `requestId`: a microservice sends the body as its error, a WebSocket
 * client receives it as the event `exception`, and GraphQL has `code`, `statusCode` and `details` in `extensions`.
 */
@Catch(AuthError)
export class AuthExceptionFilter implements ExceptionFilter<AuthError> {
  private readonly logger = new Logger('Auth');

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: AuthError, host: ArgumentsHost): unknown {
    if (host.getType() !== 'http') return this.answerElsewhere(error, host);

    const request = host.switchToHttp().getRequest<AuthRequest>();
    const response: unknown = host.switchToHttp().getResponse();
    const requestId = typeof request.id === 'string' ? request.id : randomUUID();
    if (error.statusCode >= 500) this.report(error, request, requestId);

    const adapter = this.adapterHost.httpAdapter;
    for (const [name, value] of Object.entries(headersFor(error))) adapter.setHeader(response, name, value);
    adapter.reply(response, { ...bodyOf(error), requestId }, error.statusCode);
    return undefined;
  }

  private report(error: AuthError, request: AuthRequest, requestId: string): void {
    if (isReported(error)) return;
    const ids = traceIdsOf(traceOf(request.headers));
    this.logger.error({ msg: error.message, requestId, ...ids, err: error.cause ?? error });
  }

  private answerElsewhere(error: AuthError, host: ArgumentsHost): unknown {
    if (error.statusCode >= 500 && !isReported(error))
      this.logger.error({ msg: error.message, err: error.cause ?? error });
    return answerElsewhere(error, host);
  }
}

function bodyOf(error: AuthError): object {
  const { statusCode, code, message, details, more } = error;
  return {
    ...more,
    statusCode,
    error: code,
    ...(error instanceof OAuthError && { error_description: message }),
    message,
    ...(details && { details }),
  };
}

/** RFC 6750 §3, by which a challenge has a parameter. Does not say which scope is missing: roles and permissions are the app's own business. */
function bearerChallenge({ statusCode, code }: AuthError): string | undefined {
  if (code === 'FORBIDDEN') return 'Bearer error="insufficient_scope"';
  if (statusCode !== 401) return undefined;
  return NO_TOKEN_PRESENTED.has(code) ? 'Bearer realm="latchkey"' : 'Bearer error="invalid_token"';
}

function headersFor(error: AuthError): Record<string, string> {
  const headers: Record<string, string> = { 'Cache-Control': 'no-store' };
  const challenge = error.challenge ?? bearerChallenge(error);
  if (challenge) headers['WWW-Authenticate'] = challenge;
  if (error.retryAfter !== undefined) headers['Retry-After'] = String(error.retryAfter);
  return headers;
}
