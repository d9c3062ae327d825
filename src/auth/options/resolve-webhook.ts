import type { AlertWebhookOptions } from './auth-options.js';
import type { OptionChecker } from './option-checker.js';

export type WebhookSettings = Required<AlertWebhookOptions>;

const MIN_SECRET_BYTES = 32;

export function resolveWebhook(options: AlertWebhookOptions, check: OptionChecker): WebhookSettings {
  const { url, secret, allowPrivateAddresses = false } = options;
  const protocols = allowPrivateAddresses ? ['https:', 'http:'] : ['https:'];
  check.url('alerts.webhook.url', url, protocols);
  if (typeof url === 'string' && URL.canParse(url) && (new URL(url).username || new URL(url).password))
    check.fail('alerts.webhook.url', 'must hold no user name and no password');
  if (typeof secret !== 'string' || Buffer.byteLength(secret) < MIN_SECRET_BYTES)
    check.fail('alerts.webhook.secret', `must be at least ${MIN_SECRET_BYTES} bytes long`);
  return { url, secret, allowPrivateAddresses };
}
