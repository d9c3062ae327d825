import type { IncomingHttpHeaders } from 'node:http';

/** What Latchkey needs from a request: what Express and Fastify have in common. */
export interface AuthRequest {
  method?: string;
  /** The path and query. Express changes it within a router and keeps `originalUrl`. */
  url?: string;
  originalUrl?: string;
  headers: IncomingHttpHeaders;
  /** Names and values alternate, as received. On Express's request itself; with Fastify, under `raw`. */
  rawHeaders?: string[];
  httpVersionMajor?: number;
  raw?: { rawHeaders?: string[]; httpVersionMajor?: number; socket?: { remoteAddress?: string } };
  socket?: { remoteAddress?: string };
  body?: unknown;
  ip?: string;
  protocol?: string;
  /** With the port; from `X-Forwarded-Host` if the adapter trusts the proxy. */
  host?: string;
  id?: unknown;
  user?: unknown;
}
