import type { IncomingHttpHeaders } from 'node:http';

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
