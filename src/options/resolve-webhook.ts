import type { AlertWebhookOptions } from './auth-options.js';
import type { OptionChecker } from './option-checker.js';

export type WebhookSettings = Required<AlertWebhookOptions>;

export function resolveWebhook(options: AlertWebhookOptions, check: OptionChecker): WebhookSettings {
  const { url, secret, allowPrivateAddresses = false } = options;
  check.flag('alerts.webhook.allowPrivateAddresses', allowPrivateAddresses);
  const protocols = allowPrivateAddresses ? ['https:', 'http:'] : ['https:'];
  check.url('alerts.webhook.url', url, protocols);
  if (typeof url === 'string' && URL.canParse(url) && (new URL(url).username || new URL(url).password))
    check.fail('alerts.webhook.url', 'must hold no user name and no password');
  check.secrets('alerts.webhook.secret', secret || '');
  return { url, secret, allowPrivateAddresses };
}
