import type { Provider, Type } from '@nestjs/common';
import type { Configuration } from '../../settings/configuration.js';
import { AccountPages } from './account-pages.js';
import { AccountPagesController } from './account-pages.controller.js';
import { StartPage } from './start-page.js';
import { StartPageController } from './start-page.controller.js';

/** The pages for people, which the API docs leave out. */
export const PAGE_CONTROLLERS: Type[] = [AccountPagesController, StartPageController];

/** The pages that are on: the account pages by `ACCOUNT_PAGES`, the start page in development. */
export function servedPages(configuration: Configuration): { controllers: Type[]; providers: Provider[] } {
  const { accountPages, auth, mode } = configuration;
  const registration = auth.registration !== false;
  const controllers: Type[] = [];
  const providers: Provider[] = [];
  if (accountPages) {
    controllers.push(AccountPagesController);
    providers.push({ provide: AccountPages, useValue: new AccountPages({ registration }) });
  }
  if (mode === 'development') {
    controllers.push(StartPageController);
    providers.push({ provide: StartPage, useValue: new StartPage(configuration) });
  }
  return { controllers, providers };
}
