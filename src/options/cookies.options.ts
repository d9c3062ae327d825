import { flag, group, oneOf, type Rule, type Rules } from './rules.js';

/** What `Clear-Site-Data` can name (W3C Clear Site Data §3.1). */
export type SiteData = 'cache' | 'storage' | 'cookies';

/** @inline */
export interface CookieOptions {
  /** Also decides the names: `__Host-access` and `__Host-refresh`, or `access` and `refresh`. Default `true`. */
  secure?: boolean;
  /** Default `lax`. */
  sameSite?: 'strict' | 'lax' | 'none';
  /**
   * `JwtAuthGuard` serves a request whose access cookie has expired or is missing if its refresh cookie is good, and
   * sends new cookies along. Default `false`: the browser app calls `POST /auth/refresh`.
   */
  silentRefresh?: boolean;
  /**
   * What a log-out by cookie has the browser forget of this origin, besides the cookies: `Clear-Site-Data`. Default
   * `cache` (answers kept, and pages behind the back button) and `storage` (what the app saved in the browser, and its
   * service workers); none with `[]`. `cookies` would take those of all subdomains of the site along.
   */
  clearSiteData?: SiteData[];
}

const SITE_DATA: readonly SiteData[] = ['cache', 'storage', 'cookies'];

const clearSiteData: Rule<SiteData[], SiteData[]> = (check, option, given = ['cache', 'storage']) =>
  check.listOf(option, given, SITE_DATA);

const RULES = {
  secure: flag(true),
  sameSite: oneOf('lax', ['strict', 'lax', 'none'] as const),
  silentRefresh: flag(false),
  clearSiteData,
} satisfies Rules<CookieOptions>;

export const cookies = group(RULES, (resolved, check, option) => {
  if (resolved.sameSite === 'none' && !resolved.secure)
    check.fail(`${option}.sameSite`, `can be "none" only when ${option}.secure is true`);
  return resolved;
});
