import type { AuthModuleOptions, SiteData } from './auth-options.js';
import type { OptionChecker } from './option-checker.js';

export type ResolvedCookieOptions = Required<NonNullable<AuthModuleOptions['cookies']>>;

const SITE_DATA: readonly SiteData[] = ['cache', 'storage', 'cookies'];

export function resolveCookies(
  options: NonNullable<AuthModuleOptions['cookies']>,
  check: OptionChecker,
): ResolvedCookieOptions {
  const { secure = true, silentRefresh = false, clearSiteData = ['cache', 'storage'] } = options;
  check.flag('cookies.secure', secure);
  check.flag('cookies.silentRefresh', silentRefresh);
  const sameSite = check.oneOf('cookies.sameSite', options.sameSite ?? 'lax', [
    'strict',
    'lax',
    'none',
  ] as const);
  if (sameSite === 'none' && !secure)
    check.fail('cookies.sameSite', 'can be "none" only when cookies.secure is true');
  for (const kind of clearSiteData) check.oneOf('cookies.clearSiteData', kind, SITE_DATA);
  return { secure, sameSite, silentRefresh, clearSiteData };
}
