import { SECRET_ADVICE } from '../keys/signing-key.js';
import { weaknessOf } from '../keys/weak-secret.js';
import type { AuthModuleOptions } from './auth-options.js';
import { secretOptions } from './distinct-secrets.js';
import { LOOPBACK } from './issuer.options.js';
import { toList } from './option-checker.js';
import type { OptionProblem } from './options-error.js';
import { resolveOptions } from './resolve-options.js';
import type { Parts } from './unknown-options.js';

const DAY = 86_400;
const YEAR = 365 * DAY;

/** An option that works, but not as safely as it should. */
export interface OptionWarning extends OptionProblem {
  /** The option is a secret that can be guessed. In production, treat that as an error. */
  weakSecret?: true;
}

/**
 * Finds what is valid but unsafe in options. No message contains a value.
 * @throws AuthOptionsError when the options are invalid
 */
export function findOptionWarnings(given: AuthModuleOptions, parts?: Parts): OptionWarning[] {
  const { access, sessions, trustedOrigins } = resolveOptions(given, parts);
  const warnings: OptionWarning[] = weakSecrets(given);
  const warn = (option: string, message: string) => warnings.push({ option, message });
  if (access.policy.maxLifetime > DAY)
    warn(
      'jwt.accessTtl',
      'is longer than a day: verifiers that do not ask about revocations accept a token until then',
    );
  if (sessions.idleTtl > YEAR)
    warn('jwt.refreshTtl', 'is longer than a year: a stolen device stays logged in for that long');
  if (sessions.absoluteTtl > YEAR)
    warn('sessions.absoluteTtl', 'is longer than a year: a stolen session can be used for that long');
  if (trustedOrigins.some(isUnencrypted))
    warn(
      'csrf.trustedOrigins',
      'names an origin that begins with http://: anyone on the network between can change its pages',
    );
  return warnings;
}

function weakSecrets(options: AuthModuleOptions): OptionWarning[] {
  return secretOptions(options).flatMap(([option, given]) => {
    const [weakness] = toList(given).flatMap((secret) => weaknessOf(secret) ?? []);
    return weakness
      ? [{ option, message: `${weakness}: generate one with ${SECRET_ADVICE}`, weakSecret: true }]
      : [];
  });
}

function isUnencrypted(origin: string): boolean {
  const { protocol, hostname } = new URL(origin);
  return protocol === 'http:' && !LOOPBACK.has(hostname);
}
