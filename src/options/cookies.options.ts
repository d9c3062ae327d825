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
   * Whether `JwtAuthGuard` serves a request with an expired or missing access cookie if its refresh cookie is valid, and
   * sends new cookies with the answer. Default `false`: the browser app calls `POST /auth/refresh`.
   */
  silentRefresh?: boolean;
  /**
   * What the browser forgets of this origin after a logout by cookie, besides those cookies: `Clear-Site-Data`. Default
   * `cache` (cached answers, and pages behind the back button) and `storage` (what the app saved in the browser, and its
   * service workers); `[]` for nothing. `cookies` would also delete those of all subdomains of the site.
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
