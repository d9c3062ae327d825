import type { IncomingHttpHeaders } from 'node:http';
import type { ClientInfo } from '../tokens/token-types.js';

/** What Latchkey needs of a request: the common ground of Express and Fastify. */
export interface AuthRequest {
  method?: string;
  headers: IncomingHttpHeaders;
  body?: unknown;
  ip?: string;
  protocol?: string;
  id?: unknown;
  user?: unknown;
}

const MAX_USER_AGENT_LENGTH = 400;

/** Where a request comes from, fit to be stored: the user agent is text anyone may choose. */
export function clientOf(request: AuthRequest): ClientInfo {
  const userAgent = request.headers['user-agent']?.replaceAll(/\p{Cc}/gu, '').slice(0, MAX_USER_AGENT_LENGTH);
  return { ip: request.ip, userAgent: userAgent || undefined };
}
