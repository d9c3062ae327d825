import type { AuthModuleOptions } from './auth-options.js';
import { type OptionChecker, toList } from './option-checker.js';

/**
 * Rejects secrets that are used twice: one that leaks from one use must not compromise another. For example, the
 * receiver of the webhook knows its secret; if the refresh secret were the same, the receiver could sign refresh
 * tokens.
 */
export function refuseSharedSecrets(options: Partial<AuthModuleOptions>, check: OptionChecker): void {
  const seen = new Set<string>();
  for (const [option, given] of secretOptions(options)) {
    const own = new Set(toList(given).filter((secret) => secret !== ''));
    if ([...own].some((secret) => seen.has(secret)))
      check.fail(option, 'is also used elsewhere: generate a different secret for each use');
    for (const secret of own) seen.add(secret);
  }
}

/** The options that are secrets, by name. Add a new one here: it is then checked for double use and for weakness. */
export function secretOptions(
  options: Partial<AuthModuleOptions>,
): [option: string, given: string | string[] | undefined][] {
  const { jwt, passwords, alerts, audit, mfa } = options;
  const receivers = typeof audit === 'object' && Array.isArray(audit.receivers) ? audit.receivers : [];
  return [
    ['jwt.accessSecret', jwt?.accessSecret],
    ['jwt.keyRing.encryptionSecret', jwt?.keyRing?.encryptionSecret],
    ['jwt.refreshSecret', jwt?.refreshSecret],
    ['passwords.peppers', passwords?.peppers],
    ['mfa.encryptionSecrets', mfa?.encryptionSecrets],
    ['alerts.webhook.secret', alerts?.webhook?.secret],
    ...receivers.map((each): [string, string | string[] | undefined] => [
      'audit.receivers.secret',
      each?.secret,
    ]),
  ];
}
