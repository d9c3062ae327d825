import { Controller, Get, Inject, Redirect, Req, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { NotFoundError } from '../../errors/auth-errors.js';
import { Links } from '../../mail/links.js';
import { pagesOf } from '../../options/passkeys.options.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { Public } from '../decorators/public.decorator.js';
import { PublicDocument } from '../oauth/public-document.js';
import { AuthEndpoints } from '../shared/auth-endpoints.decorator.js';

const CACHED = 'public, max-age=300';

/** What browsers and password managers look for. */
@Public()
@Controller({ path: '.well-known', version: VERSION_NEUTRAL })
@AuthEndpoints()
export class PasskeyWellKnownController {
  private readonly document: PublicDocument;

  constructor(
    @Inject(ResolvedAuthOptions) private readonly options: ResolvedAuthOptions,
    adapterHost: HttpAdapterHost,
  ) {
    this.document = new PublicDocument(adapterHost);
  }

  /** `GET /.well-known/webauthn`: the origins that may use the passkeys of this domain (WebAuthn §5.11). */
  @Get('webauthn')
  relatedOrigins(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    const origins = pagesOf(this.options.passkeys?.origins ?? []);
    return this.document.answer(request, response, { origins }, CACHED);
  }

  /** `GET /.well-known/passkey-endpoints`: where people add and manage passkeys (W3C Passkey Endpoints). */
  @Get('passkey-endpoints')
  endpoints(@Req() request: AuthRequest, @Res({ passthrough: true }) response: unknown) {
    const page = this.accountPage();
    return this.document.answer(request, response, { enroll: page, manage: page }, CACHED);
  }

  /** `GET /.well-known/change-password`: leads to where people change their password (W3C Change Password URL). */
  @Get('change-password')
  @Redirect()
  changePassword(): { url: string; statusCode: number } {
    return { url: this.accountPage(), statusCode: 302 };
  }

  /** @throws NotFoundError if the address of the service is not configured: a request must not choose where people go */
  private accountPage(): string {
    const { publicUrl, links } = this.options;
    if (publicUrl === undefined) throw new NotFoundError();
    return new Links(publicUrl, links).to('account');
  }
}
