import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NotFoundError, Public, SessionCookies } from '../../index.js';
import { AccountPages, type PageRequest } from './account-pages.js';
import { type Asset, send } from './asset.js';
import { meantAddress } from './page-address.js';

/** The account pages: sign up, sign in, my account. They use the public API, like any other client. */
@Public()
@Controller('account')
export class AccountPagesController {
  constructor(
    private readonly pages: AccountPages,
    private readonly cookies: SessionCookies,
  ) {}

  @Get()
  account(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return this.serve(this.pages.page('', this.read(request)), request, reply);
  }

  @Get('client/:file')
  clientModule(
    @Param('file') file: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer {
    return this.serve(this.pages.file(`client/${file}`), request, reply);
  }

  @Get(':page')
  page(
    @Param('page') page: string,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer {
    return this.serve(this.pages.file(page) ?? this.pages.page(page, this.read(request)), request, reply);
  }

  /** Any address further down, and mistyped ones: there is none, but another one may have been meant. */
  @Get('*')
  elsewhere(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Buffer | undefined {
    const meant = meantAddress(request.originalUrl);
    if (meant === undefined) return this.serve(undefined, request, reply);
    void reply.code(308).header('Location', meant);
    return undefined;
  }

  /** People get a page that says so when there is none; scripts get an error, as everywhere. */
  private serve(asset: Asset | undefined, request: FastifyRequest, reply: FastifyReply): Buffer {
    if (asset) return send(asset, reply);
    if (!request.headers.accept?.includes('text/html')) throw new NotFoundError();
    return send(this.pages.notFound(this.read(request)), reply);
  }

  private read({ headers, query }: FastifyRequest): PageRequest {
    const { access, refresh } = this.cookies.names;
    const given = headers.cookie?.split(';').map((pair) => pair.split('=', 1)[0]!.trim()) ?? [];
    return {
      acceptLanguage: headers['accept-language'],
      mayBeSignedIn: given.includes(access) || given.includes(refresh),
      query: query as PageRequest['query'],
    };
  }
}
