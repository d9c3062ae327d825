import { type Provider } from '@nestjs/common';
import { AccountWork } from '../../accounts/account-work.js';
import { AccountMails } from '../../actions/account-mails.js';
import { AccountRecords } from '../../actions/account-records.js';
import { OBSERVER } from '../../instances/observer.js';
import { MailOutbox } from '../../mail/mail-outbox.js';
import { AuthOptionsError } from '../../options/options-error.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { SessionStore } from '../../sessions/session-store.js';
import type { TypeOrmUserStore } from '../../users/typeorm-user.store.js';
import { UserStore } from '../../users/user-store.js';
import { ForgetFactors } from './account-end.providers.js';
import { OwnUserStore } from './account-parts.js';
import { provide } from './provide.js';

/** The work on accounts as operators do it. */
export const OperatorsWork = Symbol('OperatorsWork');

/** The methods of a user store without which accounts cannot be managed by mail. */
const NEEDED = ['setPasswordHash', 'replaceEmail', 'setName', 'setDisabled', 'remove'] as const;

export const accountWorkProviders: Provider[] = [
  provide(
    AccountWork,
    [AccountRecords, UserStore, OwnUserStore, SessionStore, AccountMails, ForgetFactors, ResolvedAuthOptions],
    (
      records: AccountRecords,
      users: UserStore,
      own: TypeOrmUserStore | undefined,
      sessions: SessionStore,
      mails: AccountMails | undefined,
      forgetFactors: ForgetFactors | undefined,
      { accounts, mfa, passkeys }: ResolvedAuthOptions,
    ) => {
      if (accounts.enabled)
        return new AccountWork(records, users, own, sessions, assertComplete(users, mails), forgetFactors);
      // Tickets of logins and trusted devices die with the password, too, and factors go with the account.
      return (mfa ?? passkeys) && new AccountWork(records, users, own, sessions, undefined, forgetFactors);
    },
  ),
  {
    // A command does not know whether the app that it serves has the option `accounts`, and must not leave links alive.
    provide: OperatorsWork,
    inject: [
      AccountWork,
      AccountRecords,
      UserStore,
      OwnUserStore,
      SessionStore,
      MailOutbox,
      ForgetFactors,
      ResolvedAuthOptions,
      { token: OBSERVER, optional: true },
    ],
    useFactory: (
      work: AccountWork | undefined,
      records: AccountRecords,
      users: UserStore,
      own: TypeOrmUserStore | undefined,
      sessions: SessionStore,
      outbox: MailOutbox,
      forgetFactors: ForgetFactors | undefined,
      { accounts }: ResolvedAuthOptions,
      isObserver?: true,
    ) =>
      isObserver && !accounts.enabled
        ? new AccountWork(records, users, own, sessions, outbox, forgetFactors)
        : work,
  },
];

/** @throws AuthOptionsError that names everything that is missing */
function assertComplete(users: UserStore, mails: AccountMails | undefined): AccountMails {
  const missing = NEEDED.filter((name) => typeof users[name] !== 'function');
  const problems = missing.map((name) => ({
    option: 'accounts',
    message: `needs the method ${name} of the user store: implement it in ${users.constructor.name} as UserStore describes it`,
  }));
  if (!mails) problems.push({ option: 'accounts', message: 'needs the option mail: { from, smtp }' });
  if (problems.length > 0) throw new AuthOptionsError(problems);
  return mails!;
}
