import { Inject, Injectable } from '@nestjs/common';
import { type AccountMail, type AccountMails, MailOutbox } from '../index.js';

type Transaction = Parameters<AccountMails['enqueue']>[1];

/** Writes mails into the outbox, from which the service sends them. */
@Injectable()
export class OutboxMails implements AccountMails {
  private readonly outbox: AccountMails;

  constructor(@Inject(MailOutbox) outbox: MailOutbox) {
    this.outbox = outbox;
  }

  enqueue(mail: AccountMail, transaction?: Transaction): Promise<unknown> {
    return this.outbox.enqueue(mail, transaction);
  }

  async forget(userId: string): Promise<void> {
    await this.outbox.forget?.(userId);
  }
}
