import type { Configuration } from './configuration.js';
import { optionWarnings } from './option-problems.js';
import { isWideRange } from './wide-range.js';

/** The length of 128 bits in hexadecimal digits. */
const SHORT_TOKEN = 32;

/** What works but is unsafe in a configuration, one sentence each, without any value: for the log and for the doctor. */
export function warningsOf(configuration: Configuration): string[] {
  return [
    ...configuration.unknownVariables,
    ...settingWarnings(configuration),
    ...optionWarnings(configuration.auth).map(({ variable, message }) => `${variable} ${message}`),
  ];
}

/** Those that the module does not log itself. */
export function settingWarnings(configuration: Configuration): string[] {
  const { mode, auth, docs, metricsTokens, auditExportTokens, trustProxy } = configuration;
  const warnings: string[] = [];
  const warn = (condition: boolean, message: string) => condition && warnings.push(message);
  warn(auth.rateLimits === false, 'RATE_LIMIT is off: passwords can be guessed without limit');
  warn(
    trustProxy.some(isWideRange),
    'TRUST_PROXY trusts addresses that are not your own: anyone there can pretend to be any client. Name your proxies',
  );
  if (mode !== 'development' && /^http:/i.test(auth.publicUrl ?? ''))
    warn(
      true,
      'PUBLIC_URL begins with http://: fine for trying it out on this machine, but not in production',
    );
  warn(
    auth.cookies?.partitioned === true && auth.cookies.sameSite !== 'none',
    'COOKIE_PARTITIONED does nothing in frames of other sites: set COOKIE_SAME_SITE to none',
  );
  if (mode !== 'production') return warnings;
  warn(auth.cookies?.secure === false, 'COOKIE_SECURE is false: cookies are sent unencrypted over HTTP');
  warn(docs, 'DOCS is on: anyone can read the API docs');
  for (const [name, tokens] of Object.entries({
    METRICS_TOKEN: metricsTokens,
    AUDIT_EXPORT_TOKEN: auditExportTokens,
  }))
    warn(
      tokens?.some((token) => token.length < SHORT_TOKEN) === true,
      `${name} is short enough to be guessed: generate one with openssl rand -hex 32`,
    );
  return warnings;
}
