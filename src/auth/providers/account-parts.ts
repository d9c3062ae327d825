import type { Provider } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { AccountMails } from '../../actions/account-mails.js';
import { AccountRecords } from '../../actions/account-records.js';
import { PostgresAccountRecords } from '../../actions/postgres-account-records.js';
import { MailOutbox } from '../../mail/mail-outbox.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { TypeOrmUserStore } from '../../users/typeorm-user.store.js';
import { UserStore } from '../../users/user-store.js';
import { AuthDataSource } from '../auth-data-source.js';
import type { AuthModuleParts } from '../auth-module-parts.js';
import { provide } from './provide.js';

/** The user store, if it is ours: its changes can be part of a transaction. */
export const OwnUserStore = Symbol('OwnUserStore');

/** The parts behind the option `accounts` that a host may replace. */
export function accountParts({ userStore, accountMails, accountRecords }: AuthModuleParts): Provider[] {
  const isOurs = userStore === undefined && accountRecords === undefined;
  return [
    provide(OwnUserStore, [UserStore], (users: UserStore) =>
      isOurs && users instanceof TypeOrmUserStore ? users : undefined,
    ),
    accountMails
      ? { provide: AccountMails, useClass: accountMails }
      : provide(
          AccountMails,
          [MailOutbox, ResolvedAuthOptions],
          (outbox: MailOutbox, { mail }: ResolvedAuthOptions) => mail && outbox,
        ),
    accountRecords
      ? { provide: AccountRecords, useClass: accountRecords }
      : provide(AccountRecords, [AuthDataSource], (source: DataSource) => new PostgresAccountRecords(source)),
  ];
}
