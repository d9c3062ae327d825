import type { Provider, Type } from '@nestjs/common';
import { brandOf } from '../../brand/brand.js';
import type { Configuration } from '../../settings/configuration.js';
import { accountSwitches } from '../../options/accounts.options.js';
import { mailboxOf } from '../../settings/development-mailbox.js';
import { AccountPages } from './account-pages.js';
import { AccountPagesController } from './account-pages.controller.js';
import { factorsOf } from './factors.js';
import { AddressStateController } from './address-state.controller.js';
import { MailboxController, MailboxPage } from './mailbox.controller.js';
import { StartPage } from './start-page.js';
import { StartPageController } from './start-page.controller.js';

const MIN_PASSWORD_LENGTH = 15;

/** The pages for people, which the API docs leave out. */
export const PAGE_CONTROLLERS: Type[] = [
  AccountPagesController,
  AddressStateController,
  MailboxController,
  StartPageController,
];

/** The pages that are on: the account pages by `ACCOUNT_PAGES`, the start page in development. */
export function servedPages(configuration: Configuration): { controllers: Type[]; providers: Provider[] } {
  const { accountPages, mode } = configuration;
  const controllers: Type[] = [];
  const providers: Provider[] = [];
  if (accountPages) {
    controllers.push(AccountPagesController);
    if (accountSwitches(configuration.auth).enabled) controllers.push(AddressStateController);
    providers.push({ provide: AccountPages, useValue: accountPagesOf(configuration) });
  }
  const mailbox = mailboxOf(configuration.auth);
  if (mailbox && mode === 'development') {
    controllers.push(MailboxController);
    providers.push({ provide: MailboxPage, useValue: new MailboxPage(mailbox) });
  }
  if (mode === 'development') {
    controllers.push(StartPageController);
    providers.push({ provide: StartPage, useValue: new StartPage(configuration) });
  }
  return { controllers, providers };
}

function accountPagesOf({ auth, accountLocale, ...configuration }: Configuration): AccountPages {
  const { brandName: name, brandAccent: accent, brandLogo: logo, corsOrigins } = configuration;
  const own =
    auth.publicUrl !== undefined && URL.canParse(auth.publicUrl) ? [new URL(auth.publicUrl).origin] : [];
  return new AccountPages({
    brand: brandOf({ name, accent, logo }),
    locale: accountLocale,
    registration: auth.registration !== false,
    byMail: accountSwitches(auth).enabled,
    factors: factorsOf(auth),
    minLength: auth.passwords?.minLength ?? MIN_PASSWORD_LENGTH,
    trustedOrigins: [...corsOrigins, ...own],
  });
}
