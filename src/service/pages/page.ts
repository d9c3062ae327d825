import type { Brand } from '../../brand/brand.js';
import type { Locale } from '../../brand/locale.js';
import type { Factors } from './factors.js';
import type { Html } from './html.js';
import type { Texts } from './texts/en.js';

/** What a page is made from. */
export interface PageView {
  locale: Locale;
  texts: Texts;
  brand: Brand;
  /** Whether people can register. */
  registration: boolean;
  /** Whether people manage their accounts by mail. */
  byMail: boolean;
  /** What protects sign-ins besides the password; `undefined`: nothing. */
  factors: Factors | undefined;
  /** Of a new password. */
  minLength: number;
  /** Where to go once signed in, if the address of the page names a place that may be. */
  next: string | undefined;
  /** Whether the browser has cookies of a session, which may have ended. */
  mayBeSignedIn: boolean;
  /** What the address of the page says, such as `ended` for `?why=ended`. */
  why: string | undefined;
}

/** What one page adds to the layout. */
export interface PageContent {
  title: string;
  /** The name of its script in `assets`, which gets {@link data}. */
  script?: string;
  /** Whether its address carries a token, which a script of its own takes out before any other runs. */
  takesToken?: boolean;
  data?: object;
  main: Html;
  /** A page with sections, rather than one card in the middle. */
  wide?: boolean;
  status?: number;
}

/** A page, as a function of what it shows. A new page is one of these and a row in `PAGES`. */
export type PageTemplate = (view: PageView) => PageContent;
