import { asText, flag, onOrOff } from './parsers.js';
import type { Variable } from './variable.js';

/** Security events, and where they are sent. */
export const eventVariables = [
  {
    name: 'AUDIT',
    option: 'audit',
    parse: onOrOff,
    default: 'on',
    meaning: 'Whether security events are stored in the [audit trail](audit.md)',
  },
  {
    name: 'AUDIT_RETENTION',
    option: 'audit.retention',
    parse: asText,
    default: '90d',
    meaning: 'How long security events are kept',
  },
  {
    name: 'ALERT_WEBHOOK_URL',
    option: 'alerts.webhook.url',
    parse: asText,
    meaning: 'The `https://` address that alerts are posted to',
  },
  {
    name: 'ALERT_WEBHOOK_SECRET',
    option: 'alerts.webhook.secret',
    onlyWith: 'ALERT_WEBHOOK_URL',
    parse: asText,
    meaning: 'The secret of at least 32 bytes that signs alerts',
  },
  {
    name: 'ALERT_WEBHOOK_ALLOW_PRIVATE',
    option: 'alerts.webhook.allowPrivateAddresses',
    onlyWith: 'ALERT_WEBHOOK_URL',
    parse: flag,
    default: 'off',
    meaning: 'Whether the webhook may be on a private network or this machine',
  },
] as const satisfies readonly Variable[];
