import type { AuthModuleOptions } from './auth-options.js';
import { type OptionChecker, toList } from './option-checker.js';

/**
 * What leaks from one use must not open another: who is told the webhook's secret, say, could sign refresh tokens with it
 * if it were the same.
 */
export function refuseSharedSecrets(options: Partial<AuthModuleOptions>, check: OptionChecker): void {
  const { jwt, passwords, alerts } = options;
  const secrets: [string, string | string[] | undefined][] = [
    ['jwt.accessSecret', jwt?.accessSecret],
    ['jwt.keyRing.encryptionSecret', jwt?.keyRing?.encryptionSecret],
    ['jwt.refreshSecret', jwt?.refreshSecret],
    ['passwords.peppers', passwords?.peppers],
    ['alerts.webhook.secret', alerts?.webhook?.secret],
  ];
  const seen = new Set<string>();
  for (const [option, given] of secrets) {
    const own = new Set(toList(given).filter((secret) => secret !== ''));
    if ([...own].some((secret) => seen.has(secret)))
      check.fail(option, 'is also used elsewhere: each secret needs random bytes of its own');
    for (const secret of own) seen.add(secret);
  }
}
