import type { ClientInfo } from '../../sessions/session-types.js';
import { traceOf } from '../../tracing/spans.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { clientAddress } from './client-address.js';

const MAX_USER_AGENT_LENGTH = 400;

/** Returns where a request comes from, cleaned for storage: the client chooses the text of the user agent. */
export function clientOf(request: AuthRequest): ClientInfo {
  const userAgent = request.headers['user-agent']?.replaceAll(/\p{Cc}/gu, '').slice(0, MAX_USER_AGENT_LENGTH);
  const requestId = typeof request.id === 'string' ? request.id : undefined;
  return {
    ip: clientAddress(request),
    userAgent: userAgent || undefined,
    requestId,
    ...traceOf(request.headers),
  };
}
