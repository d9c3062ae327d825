import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { UnsupportedMediaTypeError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../../transports/auth-request.js';

/**
 * Rejects bodies that are not `application/json` with 415, whatever parsers the host has: a foreign page can send any
 * other type without asking, but JSON only after the browser has asked us for permission (a CORS preflight).
 */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AuthRequest>();
    if (hasNoBody(request) || /^application\/json[ \t]*(;|$)/i.test(request.headers['content-type'] ?? ''))
      return true;
    throw new UnsupportedMediaTypeError();
  }
}

/** RFC 9112 §6.3. Over HTTP/2 a body may have no length (RFC 9113 §8.1.1), so there the type alone announces a body. */
function hasNoBody({ headers, raw, httpVersionMajor = raw?.httpVersionMajor }: AuthRequest): boolean {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length) === 0;
  if (headers['transfer-encoding'] !== undefined) return false;
  return httpVersionMajor === 1 || headers['content-type'] === undefined;
}
