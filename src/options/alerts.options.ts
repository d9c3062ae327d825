import { SECRET_ADVICE } from '../keys/signing-key.js';
import type { OptionChecker } from './option-checker.js';
import { asGiven, flag, group, optional, type Rule, type Rules } from './rules.js';

/** The webhook that alerts are posted to, as signed JSON. */
export interface AlertWebhookOptions {
  /**
   * An `https://` address without a user name or password. `http://` is accepted only for this machine and only with
   * `allowPrivateAddresses`.
   */
  url: string;
  /**
   * The secret that signs each request, at least 32 bytes. The signature is in the header
   * `X-Latchkey-Signature: t=<unix time>,v1=<hex HMAC-SHA-256 of "t.body">`. With several secrets, each of them signs, in
   * one `v1` each, so that the receiver can change over at any time.
   */
  secret: string | string[];
  /** Whether the webhook may be on a private network or on this machine. Default `false`. */
  allowPrivateAddresses?: boolean;
}

/** @inline */
export interface AlertOptions {
  /** Default: alerts are logged and emitted as events, but not posted anywhere. */
  webhook?: AlertWebhookOptions;
}

/** The secrets that sign requests to a webhook. */
export const webhookSecret: Rule<string | string[], string[]> = (check, option, given = []) => {
  if (given.length > 0) return check.secrets(option, given);
  check.fail(option, `is missing: ${SECRET_ADVICE} generates one`);
  return [];
};

const WEBHOOK_RULES = {
  url: asGiven<string>(),
  secret: webhookSecret,
  allowPrivateAddresses: flag(false),
} satisfies Rules<AlertWebhookOptions>;

const webhook = group(WEBHOOK_RULES, (resolved, check, option) => ({
  ...resolved,
  url: webhookUrl(`${option}.url`, resolved.url, resolved.allowPrivateAddresses, check),
}));

/** The address of a webhook. Whether it leads to the public internet is checked for each request. */
export function webhookUrl(
  option: string,
  url: string | undefined,
  allowPrivate: boolean,
  check: OptionChecker,
): string {
  if (typeof url === 'string' && URL.canParse(url) && (new URL(url).username || new URL(url).password))
    check.fail(option, 'must not contain a user name or password');
  return check.url(option, url, allowPrivate ? ['https:', 'http:'] : ['https:']);
}

const RULES = { webhook: optional(webhook) } satisfies Rules<AlertOptions>;

export const alerts = group(RULES);
