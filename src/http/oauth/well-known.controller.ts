import { Controller, Get, Inject, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { NotFoundError } from '../../errors/auth-errors.js';
import { AccessKeys, type Keys } from '../../keys/key-set.js';
import { isSymmetric, publicJwk } from '../../keys/signing-key.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { Public } from '../decorators/public.decorator.js';
import { MAX_PATH_SEGMENTS } from '../../options/issuer.options.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { EndpointPlan } from '../shared/endpoint-plan.js';
import { PublicDocument } from './public-document.js';
import { earnableLevels } from './earnable-levels.js';
import { type MetadataSource, resourceMetadata, serverMetadata } from './server-metadata.js';
import { pathOfAddress, requestedAddress, requestedPath } from './service-address.js';

const MAX_AGE_SECONDS = 300;

/** The routes of a document that is followed by a path: Express and Fastify share no wildcard. */
function withPath(document: string): string[] {
  const segments = [':path', ':second', ':third', ':fourth'].slice(0, MAX_PATH_SEGMENTS);
  return segments.map((_, depth) => [document, ...segments.slice(0, depth + 1)].join('/'));
}

/** What verifiers in other services read: the public keys and the server metadata. */
@Public()
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
@AuthEndpoints()
export class WellKnownController {
  private readonly document: PublicDocument;

  /** Not an argument of the constructor, because the subclass of a host may call that. */
  @Inject(EndpointPlan) private readonly plan!: EndpointPlan;

  constructor(
    @Inject(AccessKeys) private readonly keys: Keys,
    @Inject(ResolvedAuthOptions) private readonly options: ResolvedAuthOptions,
    adapterHost: HttpAdapterHost,
  ) {
    this.document = new PublicDocument(adapterHost);
  }

  /** `GET /.well-known/jwks.json` (RFC 7517 §5). Never contains shared secrets: with HS* the list is empty. */
  @Get('jwks.json')
  jwks(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    const keys = this.keys.all().filter((key) => !isSymmetric(key.algorithm));
    return this.document.answer(request, response, { keys: keys.map(publicJwk) }, this.maxAge());
  }

  /** `GET /.well-known/oauth-authorization-server` (RFC 8414 §3). */
  @Get('oauth-authorization-server')
  metadata(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    return this.describe(request, response, serverMetadata);
  }

  /** The same for an issuer with a path, which follows (RFC 8414 §3.1). */
  @Get(withPath('oauth-authorization-server'))
  metadataOfPath(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    this.assertPath(request, this.options.access.policy.issuer);
    return this.describe(request, response, serverMetadata);
  }

  /** The same for verifiers that look nowhere else (RFC 8414 §5). Latchkey is not an OpenID provider. */
  @Get('openid-configuration')
  openIdConfiguration(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    return this.describe(request, response, serverMetadata);
  }

  /** The same for an issuer with a path. */
  @Get(withPath('openid-configuration'))
  openIdConfigurationOfPath(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    this.assertPath(request, this.options.access.policy.issuer);
    return this.describe(request, response, serverMetadata);
  }

  /** `GET /.well-known/oauth-protected-resource` (RFC 9728 §3). */
  @Get('oauth-protected-resource')
  resource(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    return this.describe(request, response, resourceMetadata);
  }

  /** The same for a service whose address has a path (RFC 9728 §3.1). */
  @Get(withPath('oauth-protected-resource'))
  resourceOfPath(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    this.assertPath(request, this.options.publicUrl ?? '');
    return this.describe(request, response, resourceMetadata);
  }

  /** Without a configured address, the answer depends on the request, so no cache may pass it on to others. */
  private describe<Body extends object>(
    request: AuthRequest,
    response: unknown,
    describe: (source: MetadataSource) => Body,
  ): Body | undefined {
    const { publicUrl, access, staticClaims } = this.options;
    const base = publicUrl ?? requestedAddress(request, this.plan.paths.wellKnown);
    const body = describe({
      issuer: access.policy.issuer,
      base,
      plan: this.plan,
      scopes: staticClaims.scope?.split(' ') ?? [],
      acrValues: earnableLevels(this.options),
    });
    return this.document.answer(request, response, body, publicUrl ? this.maxAge() : 'no-store');
  }

  /** At most half the time between a key's publication and its first use, so that no cache hides a key that signs. */
  private maxAge(): string {
    const { ring } = this.options.access.keys;
    const seconds = ring ? Math.min(MAX_AGE_SECONDS, Math.floor(ring.publishAhead / 2)) : MAX_AGE_SECONDS;
    return `public, max-age=${seconds}`;
  }

  /** @throws NotFoundError unless the request asks for exactly the path of this address */
  private assertPath(request: AuthRequest, address: string): void {
    const path = pathOfAddress(address);
    if (path === '' || path !== requestedPath(request, this.plan.paths.wellKnown)) throw new NotFoundError();
  }
}
