import { flag, group, oneOf, type Rule, type Rules } from './rules.js';

/** The kinds of data that `Clear-Site-Data` can name (W3C Clear Site Data §3.1). */
export type SiteData = 'cache' | 'storage' | 'cookies';

/** @inline */
export interface CookieOptions {
  /**
   * Whether browsers send the cookies over HTTPS only. Also sets their names: `__Host-access` and `__Host-refresh` if
   * `true`, `access` and `refresh` if `false`. Default `true`.
   */
  secure?: boolean;
  /** The `SameSite` attribute of the cookies. `none` requires `secure`. Default `lax`. */
  sameSite?: 'strict' | 'lax' | 'none';
  /**
   * Whether the cookies are `Partitioned` (CHIPS): browsers that block third-party cookies still send them where another
   * site embeds this app in a frame, and keep separate ones for each such site. Requires `secure`, and is useful only
   * with `sameSite: 'none'`. Default `false`.
   */
  partitioned?: boolean;
  /**
   * If the access cookie is missing or has expired but the refresh cookie is valid, `JwtAuthGuard` serves the request
   * and sends new cookies with the response. Default `false`: the browser app calls `POST /auth/refresh` itself.
   */
  silentRefresh?: boolean;
  /**
   * What a logout by cookie makes the browser delete for this origin, in addition to the session cookies
   * (`Clear-Site-Data`). Any of `cache` (stored responses, including pages behind the back button), `storage` (what the
   * app saved in the browser, and its service workers) and `cookies` (all cookies, including those of all subdomains of
   * the site); `[]` for nothing. Default `['cache', 'storage']`.
   */
  clearSiteData?: SiteData[];
  /**
   * Lowercase letters, digits and dashes that come first in the names of the cookies: with `staff`, they are
   * `__Host-staff-access` and `__Host-staff-refresh`. For an app with two `AuthModule`s; `latchkey/next` knows only
   * the default names. Default: nothing.
   */
  name?: string;
}

const SITE_DATA: readonly SiteData[] = ['cache', 'storage', 'cookies'];

const clearSiteData: Rule<SiteData[], SiteData[]> = (check, option, given = ['cache', 'storage']) =>
  check.listOf(option, given, SITE_DATA);

const name: Rule<string, string> = (check, option, given = '') => {
  if (typeof given !== 'string' || !/^([a-z\d]+(-[a-z\d]+)*)?$/.test(given) || given.length > 40)
    check.fail(option, "must be at most 40 lowercase letters, digits and dashes, such as 'staff'");
  return given;
};

const RULES = {
  secure: flag(true),
  sameSite: oneOf('lax', ['strict', 'lax', 'none'] as const),
  partitioned: flag(false),
  silentRefresh: flag(false),
  clearSiteData,
  name,
} satisfies Rules<CookieOptions>;

export const cookies = group(RULES, (resolved, check, option) => {
  if (resolved.sameSite === 'none' && !resolved.secure)
    check.fail(`${option}.sameSite`, `can be "none" only when ${option}.secure is true`);
  if (resolved.partitioned && !resolved.secure)
    check.fail(
      `${option}.partitioned`,
      `can be true only when ${option}.secure is true, and is useful only when ${option}.sameSite is "none"`,
    );
  return resolved;
});
