import { readdirSync } from 'node:fs';
import type { Brand } from '../../brand/brand.js';
import { localeFor, type Locale } from '../../brand/locale.js';
import { markOf } from '../../brand/mark.js';
import { accountPage } from './account.page.js';
import { type Asset, ASSETS, isAsset, pageAsset, pictureAsset, readAsset } from './asset.js';
import type { Factors } from './factors.js';
import { forgotPage } from './forgot.page.js';
import { layout } from './layout.js';
import { LINK_TEMPLATES } from './link.page.js';
import { notFoundPage } from './not-found.page.js';
import type { PageTemplate, PageView } from './page.js';
import { returnAddress } from './return-address.js';
import { signInPage } from './sign-in.page.js';
import { signUpPage } from './sign-up.page.js';
import { styleOf } from './style.js';
import { TEXTS } from './texts/texts.js';

/** The pages by their address below `/account`, without the slash. */
const PAGES: Readonly<Record<string, PageTemplate>> = {
  '': accountPage,
  'sign-in': signInPage,
  'sign-up': signUpPage,
};

/** Those that need mail. */
const MAIL_PAGES: Readonly<Record<string, PageTemplate>> = { forgot: forgotPage, ...LINK_TEMPLATES };

export interface PageSettings {
  brand: Brand;
  /** `undefined`: the language that the browser asks for. */
  locale: Locale | undefined;
  /** Whether people can register; otherwise no page offers it. */
  registration: boolean;
  /** Whether people manage their accounts by mail. */
  byMail: boolean;
  /** What protects sign-ins besides the password; `undefined`: nothing. */
  factors: Factors | undefined;
  minLength: number;
  /** Where people may be sent once they are signed in, besides this origin. */
  trustedOrigins: readonly string[];
}

/** What a request says that changes a page. */
export interface PageRequest {
  acceptLanguage: string | undefined;
  mayBeSignedIn: boolean;
  query: Readonly<Record<string, unknown>>;
}

/** The account pages and their files. Files are read once: only those that existed at the start can be requested. */
export class AccountPages {
  private readonly assets: ReadonlyMap<string, Asset>;
  private readonly pages: ReadonlyMap<string, PageTemplate>;

  constructor(private readonly settings: PageSettings) {
    const assets = new Map([
      ...read(ASSETS, ''),
      ...read(new URL('../../client/', import.meta.url), 'client/'),
    ]);
    assets.set('style.css', styleOf(settings.brand));
    assets.set('mark', pictureAsset(markOf(settings.brand)));
    const pages = new Map(Object.entries({ ...PAGES, ...(settings.byMail && MAIL_PAGES) }));
    if (!settings.registration) {
      pages.delete('sign-up');
      assets.delete('sign-up.js');
    }
    this.assets = assets;
    this.pages = pages;
  }

  file(name: string): Asset | undefined {
    return this.assets.get(name);
  }

  page(name: string, request: PageRequest): Asset | undefined {
    const template = this.pages.get(name);
    return template && this.render(template, request);
  }

  notFound(request: PageRequest): Asset {
    return this.render(notFoundPage, request);
  }

  private render(template: PageTemplate, { acceptLanguage, mayBeSignedIn, query }: PageRequest): Asset {
    const { locale = localeFor(acceptLanguage), trustedOrigins, ...settings } = this.settings;
    const why = typeof query.why === 'string' ? query.why : undefined;
    const next = returnAddress(query.next, trustedOrigins);
    const view: PageView = { ...settings, locale, texts: TEXTS[locale], mayBeSignedIn, next, why };
    const content = template(view);
    return pageAsset(layout(view, content), locale, content.status);
  }
}

function read(folder: URL, prefix: string): [string, Asset][] {
  const names = readdirSync(folder).filter(isAsset);
  return names.map((name) => [prefix + name, readAsset(new URL(name, folder))]);
}
