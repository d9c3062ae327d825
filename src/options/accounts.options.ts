import { LINK_PAGES, type LinkName } from '../mail/mail-data.js';
import type { LinkOverrides } from '../mail/links.js';
import { LOOPBACK } from './issuer.options.js';
import type { OptionChecker } from './option-checker.js';
import { group, oneOf, type Rule, type Rules } from './rules.js';

/** Whether people must prove that they read the mail of their address. */
export type EmailVerification = 'off' | 'optional' | 'required';

/** @inline */
export interface AccountsOptions {
  /**
   * Whether people prove that they read the mail of their address. `optional`: a registration sends them a link.
   * `required`: a registration creates the account only once the link is followed, and nobody whose address is unproven
   * can log in with a password. Default `off`.
   */
  verification?: EmailVerification;
  /**
   * Pages of your own that the links of mails lead to, as full URLs without a fragment: the token is added as `#t=<token>`.
   * Default: the pages of the service, below `<publicUrl>/account`.
   */
  links?: LinkOverrides;
}

const page: Rule<string, string | undefined> = (check, option, given) => {
  if (given !== undefined) refuseUnsafe(check, option, given);
  return given;
};

function refuseUnsafe(check: OptionChecker, option: string, given: string): void {
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined;
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname));
  if (!url || !isSafe || url.hash || given.includes('#') || url.username || url.password || /\s/.test(given))
    check.fail(option, 'must be a URL such as https://app.example.com/reset, without a fragment');
}

const links = group(
  Object.fromEntries(Object.keys(LINK_PAGES).map((name) => [name, page])) as Record<LinkName, typeof page>,
);

const RULES = {
  verification: oneOf<EmailVerification>('off', ['off', 'optional', 'required']),
  links,
} satisfies Rules<AccountsOptions>;

export const accounts = group(RULES);

/** Whether people manage their accounts by mail: with mail, or where a part of the host sends it. */
export const accountSwitches = (given: { accounts?: AccountsOptions; mail?: object }) => ({
  enabled: given.accounts !== undefined || given.mail !== undefined,
  verification: given.accounts?.verification ?? 'off',
});
