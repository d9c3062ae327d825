import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Public } from '../../index.js';
import { send } from './asset.js';
import { StartPage } from './start-page.js';

/** The start page in development. It serves its own style sheet, because the account pages may be off. */
@Public()
@Controller()
export class StartPageController {
  constructor(private readonly start: StartPage) {}

  @Get()
  page(@Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return send(this.start.page, reply);
  }

  @Get('style.css')
  style(@Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return send(this.start.style, reply);
  }
}
