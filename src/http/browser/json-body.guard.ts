import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { UnsupportedMediaTypeError } from '../../errors/auth-errors.js';
import type { AuthRequest } from '../shared/auth-request.js';

/**
 * Refuses bodies that are not `application/json` with 415, whatever parsers the host has: a form on a foreign page can
 * send every other type, but JSON only after the browser has asked us for leave (a CORS preflight).
 */
@Injectable()
export class JsonBodyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AuthRequest>();
    if (hasNoBody(request) || /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? ''))
      return true;
    throw new UnsupportedMediaTypeError();
  }
}

/** RFC 9112 §6.3. Over HTTP/2 a body need not say its length (RFC 9113 §8.1.1), so there a type alone announces one. */
function hasNoBody({ headers, raw, httpVersionMajor = raw?.httpVersionMajor }: AuthRequest): boolean {
  const length = headers['content-length'];
  if (length !== undefined) return Number(length) === 0;
  if (headers['transfer-encoding'] !== undefined) return false;
  return httpVersionMajor === 1 || headers['content-type'] === undefined;
}
