import { Controller, Get, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { NotFoundError, Public } from '../../index.js';
import { AccountPages } from './account-pages.js';
import { send } from './asset.js';

const PAGES = new Map([
  ['sign-in', 'sign-in.html'],
  ['sign-up', 'sign-up.html'],
]);

/** The account pages: sign up, sign in, my account. They use the public API, like any other client. */
@Public()
@Controller('account')
export class AccountPagesController {
  constructor(private readonly pages: AccountPages) {}

  @Get()
  account(@Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return this.serve('account.html', reply);
  }

  @Get('client/:file')
  clientModule(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return this.serve(`client/${file}`, reply);
  }

  @Get(':page')
  page(@Param('page') page: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return this.serve(PAGES.get(page) ?? page, reply);
  }

  private serve(name: string, reply: FastifyReply): Buffer {
    const asset = this.pages.find(name);
    if (!asset) throw new NotFoundError();
    return send(asset, reply);
  }
}
