import { createHash } from 'node:crypto';
import { HttpAdapterHost } from '@nestjs/core';
import type { AuthRequest } from '../../transports/auth-request.js';

/** Lets pages of every origin read a response, without cookies, whatever the CORS settings are for other routes. */
const ANY_ORIGIN = { 'Access-Control-Allow-Origin': '*' };

interface Removable {
  removeHeader(name: string): unknown;
}

/** Sends documents that anyone may read and that rarely change. */
export class PublicDocument {
  constructor(private readonly adapterHost: HttpAdapterHost) {}

  /**
   * Returns the body to send, or sets 304 for a client that already has this version (RFC 9110 §13.1.2).
   * @param cacheControl whether and for how long caches may store it
   */
  answer<Body extends object>(
    request: AuthRequest,
    response: unknown,
    body: Body,
    cacheControl: string,
  ): Body | undefined {
    const { httpAdapter } = this.adapterHost;
    const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 27)}"`;
    const headers = { ...ANY_ORIGIN, 'Cache-Control': cacheControl, ETag: etag };
    for (const [name, value] of Object.entries(headers)) httpAdapter.setHeader(response, name, value);
    withoutCredentials(response as Removable & { raw?: Removable });
    const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    if (!known?.includes(etag) && !known?.includes('*')) return body;
    httpAdapter.status(response, 304);
    return undefined;
  }
}

/** CORS of the host may have allowed credentials, which browsers reject together with `*`. */
function withoutCredentials(response: Removable & { raw?: Removable }): void {
  for (const place of [response, response.raw]) place?.removeHeader('Access-Control-Allow-Credentials');
}
