import type { IncomingHttpHeaders } from 'node:http';
import { clientAddress } from './client-address.js';
import type { ClientInfo } from '../sessions/session-types.js';

/** What Latchkey needs of a request: the common ground of Express and Fastify. */
export interface AuthRequest {
  method?: string;
  headers: IncomingHttpHeaders;
  /** As they came, names and values in turn: on Express's request itself, on Fastify's under `raw`. */
  rawHeaders?: string[];
  httpVersionMajor?: number;
  raw?: { rawHeaders?: string[]; httpVersionMajor?: number; socket?: { remoteAddress?: string } };
  socket?: { remoteAddress?: string };
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
  const requestId = typeof request.id === 'string' ? request.id : undefined;
  return { ip: clientAddress(request), userAgent: userAgent || undefined, requestId };
}
