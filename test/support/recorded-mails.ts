import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AccountMail, AccountMails } from '../../src/actions/account-mails.js';
import { ActionSecrets } from '../../src/actions/action-tokens.js';
import type { Host } from './host-app.js';

/** Puts mails into a table, in the transaction that they are given. */
@Injectable()
export class RecordedMails implements AccountMails, OnModuleInit {
  constructor(@Inject(DataSource) private readonly source: DataSource) {}

  async onModuleInit(): Promise<void> {
    await this.source.query(
      'CREATE TABLE IF NOT EXISTS recorded_mails (id serial PRIMARY KEY, recipient text, mail jsonb)',
    );
  }

  async enqueue(mail: AccountMail, transaction?: EntityManager): Promise<void> {
    const sql = 'INSERT INTO recorded_mails (recipient, mail) VALUES ($1, $2)';
    await (transaction ?? this.source).query(sql, [mail.to, JSON.stringify(mail)]);
  }

  async forget(userId: string): Promise<void> {
    await this.source.query(`DELETE FROM recorded_mails WHERE mail ->> 'userId' = $1`, [userId]);
  }
}

/** The mails to an address, oldest first. */
export async function mailsTo(host: Host, email: string): Promise<AccountMail[]> {
  const sql = 'SELECT mail FROM recorded_mails WHERE recipient = $1 ORDER BY id';
  const rows: { mail: AccountMail }[] = await host.database.query(sql, [email]);
  return rows.map(({ mail }) => mail);
}

/** The token in the newest mail of this kind to an address, as the worker would make it. */
export async function tokenFor(
  host: Host,
  email: string,
  template: AccountMail['template'],
): Promise<string> {
  const mail = (await mailsTo(host, email)).findLast((each) => each.template === template);
  if (!mail?.actionId) throw new Error(`No mail ${template} with a link to ${email}`);
  const token = await host.app.get(ActionSecrets).issue(mail.actionId);
  if (!token) throw new Error(`The link of ${template} to ${email} is dead`);
  return token;
}
