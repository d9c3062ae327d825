import { isReceiverName } from '../audit-export/audit-export.js';
import type { AuditReceiverSettings } from '../audit-export/webhook-receiver.js';
import { webhookSecret, webhookUrl } from './alerts.options.js';
import type { Duration } from './duration.js';
import type { OptionChecker } from './option-checker.js';
import { duration, group, type Rule, type Rules, switchable } from './rules.js';

/** A webhook that receives all events of the audit trail, as signed NDJSON. */
export interface AuditReceiverOptions {
  /** Identifies its cursor in the database: letters, digits, `-` and `_`. */
  name: string;
  /**
   * An `https://` address without a user name or password. `http://` is accepted only for this machine and only with
   * `allowPrivateAddresses`.
   */
  url: string;
  /** The secret that signs each request, at least 32 bytes; a different one for each receiver. With several, each of them signs. */
  secret: string | string[];
  /** Whether the receiver may be on a private network or on this machine. Default `false`. */
  allowPrivateAddresses?: boolean;
}

/** @inline */
export interface AuditOptions {
  /** How long events are kept, at least `1s`. Default `90d`. */
  retention?: Duration;
  /** Webhooks that receive all events, in order and at least once each. Default: none. */
  receivers?: AuditReceiverOptions[];
  /** How long an event is tried before it becomes a dead letter, at least `1s`. Default `1d`. */
  giveUpAfter?: Duration;
}

const MEMBERS = ['name', 'url', 'secret', 'allowPrivateAddresses'];

const receivers: Rule<AuditReceiverOptions[], AuditReceiverSettings[]> = (check, option, given = []) => {
  if (!Array.isArray(given)) check.fail(option, 'must be a list of receivers');
  const list = Array.isArray(given) ? given : [];
  const names = list.map((each) => each?.name);
  if (new Set(names).size < names.length) check.fail(option, 'must have a different name for each receiver');
  return list.map((each) => receiver(check, option, each));
};

function receiver(check: OptionChecker, option: string, given: AuditReceiverOptions): AuditReceiverSettings {
  const isGroup = check.isGroup(option, given, MEMBERS, 'a list of objects');
  const {
    name,
    url,
    secret,
    allowPrivateAddresses = false,
  }: Partial<AuditReceiverOptions> = isGroup ? given : {};
  const unknown = isGroup && Object.keys(given).find((member) => !MEMBERS.includes(member));
  if (unknown) check.fail(`${option}.${unknown}`, `is unknown: expected one of ${MEMBERS.join(', ')}`);
  if (isGroup && !isReceiverName(name))
    check.fail(
      `${option}.name`,
      'must be up to 63 letters, digits, - and _, and begin with a letter or digit',
    );
  const inside = `${option}.`;
  return {
    name: name ?? '',
    url: isGroup ? webhookUrl(`${inside}url`, url, allowPrivateAddresses, check) : '',
    secret: isGroup ? webhookSecret(check, `${inside}secret`, secret) : [],
    allowPrivateAddresses: check.flag(`${inside}allowPrivateAddresses`, allowPrivateAddresses),
  };
}

const RULES = {
  retention: duration('90d', { min: 1 }),
  receivers,
  giveUpAfter: duration('1d', { min: 1 }),
} satisfies Rules<AuditOptions>;

export const audit = switchable(group(RULES));
