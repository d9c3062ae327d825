import type { OptionChecker } from './option-checker.js';
import { asGiven, flag, group, optional, type Rule, type Rules } from './rules.js';

/** Where alerts are posted, as JSON signed with the secret. */
export interface AlertWebhookOptions {
  /** `https://…`; `http://` only for this machine, with `allowPrivateAddresses`. */
  url: string;
  /** At least 32 bytes. `X-Latchkey-Signature: t=<unix time>,v1=<hex HMAC-SHA-256 of "t.body">`. */
  secret: string;
  /** Whether it may be on a private network or this machine. Default `false`. */
  allowPrivateAddresses?: boolean;
}

/** @inline */
export interface AlertOptions {
  webhook?: AlertWebhookOptions;
}

const secret: Rule<string, string> = (check, option, given = '') => {
  check.secrets(option, given);
  return given;
};

const WEBHOOK_RULES = {
  url: asGiven<string>(),
  secret,
  allowPrivateAddresses: flag(false),
} satisfies Rules<AlertWebhookOptions>;

const webhook = group(WEBHOOK_RULES, (resolved, check, option) => ({
  ...resolved,
  url: webhookUrl(`${option}.url`, resolved.url, resolved.allowPrivateAddresses, check),
}));

function webhookUrl(option: string, url: string | undefined, allowPrivate: boolean, check: OptionChecker) {
  if (typeof url === 'string' && URL.canParse(url) && (new URL(url).username || new URL(url).password))
    check.fail(option, 'must hold no user name and no password');
  return check.url(option, url, allowPrivate ? ['https:', 'http:'] : ['https:']);
}

const RULES = { webhook: optional(webhook) } satisfies Rules<AlertOptions>;

export const alerts = group(RULES);
