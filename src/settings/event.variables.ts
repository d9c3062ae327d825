import { receiverUrls } from './audit-receivers.js';
import { asText, flag, onOrOff, texts } from './parsers.js';
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
    name: 'AUDIT_WEBHOOK_URL',
    option: 'audit.receivers',
    parse: receiverUrls,
    meaning:
      'The `https://` address that [all events](audit-export.md) are posted to; several as `siem=https://…,archive=https://…`',
  },
  {
    name: 'AUDIT_WEBHOOK_SECRET',
    setting: 'auditSecrets',
    onlyWith: 'AUDIT_WEBHOOK_URL',
    parse: asText,
    meaning:
      'The secret of at least 32 bytes that signs them; for several receivers a different one each: `siem=…,archive=…`. With several for one receiver, each of them signs',
  },
  {
    name: 'AUDIT_WEBHOOK_ALLOW_PRIVATE',
    setting: 'auditAllowPrivate',
    onlyWith: 'AUDIT_WEBHOOK_URL',
    parse: flag,
    default: 'off',
    meaning: 'Whether these receivers may be on a private network or this machine',
  },
  {
    name: 'AUDIT_WEBHOOK_GIVE_UP_AFTER',
    option: 'audit.giveUpAfter',
    onlyWith: 'AUDIT_WEBHOOK_URL',
    parse: asText,
    default: '1d',
    meaning: 'How long an event is tried before it becomes a dead letter',
  },
  {
    name: 'AUDIT_EXPORT_TOKEN',
    setting: 'auditExportTokens',
    parse: texts,
    meaning:
      'The bearer token that `GET /audit/events` requires, at least 16 characters; one of several, comma-separated. Without it, there is no such endpoint',
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
    parse: texts,
    meaning:
      'The secret of at least 32 bytes that signs alerts; with several, comma-separated, each of them signs',
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
