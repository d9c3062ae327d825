import type { EntityManager } from 'typeorm';
import type { MailTemplateName } from '../mail/mail-data.js';
import type { NewMail } from '../mail/mail-outbox.js';

/** A mail to be sent, of any template. */
export type AccountMail = { [Name in MailTemplateName]: NewMail<Name> }[MailTemplateName];

/** What is kept about a mail. */
export interface KeptMail {
  template: string;
  recipient: string;
  createdAt: Date;
  sentAt: Date | null;
}

/** Where mails are put, to be sent at least once. The `MailOutbox` is one. */
export interface AccountMails {
  /**
   * Writes a mail.
   * @param transaction the one in which it is written: it is sent only if that is committed
   */
  enqueue(mail: AccountMail, transaction?: EntityManager): Promise<unknown>;
  /** Lists what is kept about the mails to an account, for its owner. */
  listOf?(userId: string): Promise<KeptMail[]>;
  /**
   * Wakes whoever sends mails, when the transaction is committed. Called for each request that may have written a mail, so
   * that being woken does not tell whether it has.
   */
  wake?(transaction?: EntityManager): Promise<unknown>;
  /** Forgets what is kept about the mails to an account that is deleted. */
  forget?(userId: string): Promise<unknown>;
}

/** The injection token of the {@link AccountMails}. */
export const AccountMails = Symbol('AccountMails');
