import type { AuditReceiverOptions, AuthModuleOptions } from '../index.js';
import type { Parser } from './parsers.js';
import { texts } from './parsers.js';
import type { ServiceSettings } from './service-settings.js';

/** The name of a receiver that has none in `AUDIT_WEBHOOK_URL`. */
const ONLY = 'webhook';

/** One URL, or several as `name=url`. The secrets are added by {@link completeReceivers}. */
export const receiverUrls: Parser<AuditReceiverOptions[]> = (text, fail) => {
  const entries = texts(text)?.map((entry) => /^(?:([\w-]+)=)?(.*)$/s.exec(entry)!);
  if (!entries) return undefined;
  if (entries.length > 1 && entries.some(([, name]) => name === undefined))
    fail('must name each of several receivers: siem=https://…,archive=https://…');
  return entries.map(([, name = ONLY, url = '']) => ({ name, url, secret: '' }));
};

/** Gives each receiver its secret and whether it may be on a private network. */
export function completeReceivers(
  { audit }: Pick<AuthModuleOptions, 'audit'>,
  { auditSecrets, auditAllowPrivate }: Pick<ServiceSettings, 'auditSecrets' | 'auditAllowPrivate'>,
): void {
  if (typeof audit !== 'object') return;
  for (const receiver of audit.receivers ?? []) {
    receiver.secret = secretsOf(receiver.name, auditSecrets);
    receiver.allowPrivateAddresses = auditAllowPrivate;
  }
}

/** Secrets may contain `=`, but only those of receivers with a name have one in front. */
export function receiverSecrets(text: string | undefined): string[] {
  return (texts(text) ?? []).flatMap((entry) => [entry, entry.replace(/^[\w-]+=/, '')]);
}

/** Several for one receiver each sign. */
function secretsOf(name: string, text = ''): string[] {
  const entries = texts(text) ?? [];
  if (name === ONLY && !text.startsWith(`${ONLY}=`)) return entries;
  const own = entries.filter((entry) => entry.startsWith(`${name}=`));
  return own.map((entry) => entry.slice(name.length + 1));
}
