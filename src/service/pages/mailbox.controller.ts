import { Controller, Get, Logger, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { type Mailbox, Public, type ReceivedMail } from '../../index.js';
import { type Asset, send, toAsset } from './asset.js';
import { mailboxHtml } from './mailbox-html.js';

/** Frames of this page only, in which a mail runs no script and loads nothing but pictures. */
const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const MAIL_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; frame-ancestors 'self'";

/** The log names nobody. */
const masked = (address: string) => address.replace(/(?<=^.).*(?=@)/, '***');

/** The mails that were sent in development, and a line in the log for each. */
export class MailboxPage {
  constructor(private readonly mailbox: Mailbox) {
    const logger = new Logger('Mail');
    mailbox.onMail(({ to, subject }) =>
      logger.log(`Mail to ${masked(to)}: "${subject}". Read it at /account/mailbox`),
    );
  }

  get page(): Asset {
    return asset(mailboxHtml(this.mailbox.mails), PAGE_POLICY, 'DENY');
  }

  html(number: string): Asset | undefined {
    const mail: ReceivedMail | undefined = this.mailbox.mails[Number(number)];
    return mail && asset(mail.html, MAIL_POLICY, 'SAMEORIGIN');
  }
}

/** Contains links that work. */
function asset(html: string, policy: string, frames: string): Asset {
  const { content, headers } = toAsset('mailbox.html', Buffer.from(html));
  const own = { 'Content-Security-Policy': policy, 'X-Frame-Options': frames, 'Cache-Control': 'no-store' };
  return { content, headers: { ...headers, ...own } };
}

/** The mailbox in development. */
@Public()
@Controller('account/mailbox')
export class MailboxController {
  constructor(private readonly mailbox: MailboxPage) {}

  @Get()
  page(@Res({ passthrough: true }) reply: FastifyReply): Buffer {
    return send(this.mailbox.page, reply);
  }

  @Get(':number')
  mail(@Param('number') number: string, @Res({ passthrough: true }) reply: FastifyReply): Buffer {
    const html = /^\d{1,2}$/.test(number) ? this.mailbox.html(number) : undefined;
    return send(html ?? { ...this.mailbox.page, status: 404 }, reply);
  }
}
