import { createHash } from 'node:crypto';
import { Controller, Get, Inject, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AccessKeys, type Keys } from '../../keys/key-set.js';
import { isSymmetric, publicJwk } from '../../keys/signing-key.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import type { AuthRequest } from '../shared/auth-request.js';
import { Public } from '../decorators/public.decorator.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { serverMetadata } from './server-metadata.js';

const MAX_AGE_SECONDS = 300;

/** What verifiers in other services read: the public keys and the server metadata. */
@Public()
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
@AuthEndpoints()
export class WellKnownController {
  constructor(
    @Inject(AccessKeys) private readonly keys: Keys,
    @Inject(ResolvedAuthOptions) private readonly options: ResolvedAuthOptions,
    private readonly adapterHost: HttpAdapterHost,
  ) {}

  /** `GET /.well-known/jwks.json` (RFC 7517 §5). Never contains shared secrets: with HS* the list is empty. */
  @Get('jwks.json')
  jwks(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    const keys = this.keys.all().filter((key) => !isSymmetric(key.algorithm));
    return this.cacheable(request, response, { keys: keys.map(publicJwk) });
  }

  /** `GET /.well-known/oauth-authorization-server` (RFC 8414 §3). */
  @Get('oauth-authorization-server')
  metadata(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    const { issuer } = this.options.access.policy;
    return this.cacheable(request, response, serverMetadata(issuer, request));
  }

  /** At most half the time between a key's publication and its first use, so that no cache hides a key that signs. */
  private maxAge(): number {
    const { ring } = this.options.access.keys;
    return ring ? Math.min(MAX_AGE_SECONDS, Math.floor(ring.publishAhead / 2)) : MAX_AGE_SECONDS;
  }

  /** Responds with 304 to a client that already has this version (RFC 9110 §13.1.2). */
  private cacheable<Body extends object>(
    request: AuthRequest,
    response: unknown,
    body: Body,
  ): Body | undefined {
    const { httpAdapter } = this.adapterHost;
    const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('base64url').slice(0, 27)}"`;
    httpAdapter.setHeader(response, 'Cache-Control', `public, max-age=${this.maxAge()}`);
    httpAdapter.setHeader(response, 'ETag', etag);
    const known = request.headers['if-none-match']?.split(',').map((tag) => tag.trim().replace(/^W\//, ''));
    if (!known?.includes(etag) && !known?.includes('*')) return body;
    httpAdapter.status(response, 304);
    return undefined;
  }
}
