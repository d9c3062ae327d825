import { isIP } from 'node:net';
import type { Configuration } from './configuration.js';
import { optionWarnings } from './option-problems.js';

/** The length of 128 bits in hexadecimal digits. */
const SHORT_TOKEN = 32;
/** Shorter prefixes cover more than any one operator has, by IP version. */
const WIDE_PREFIX = { 4: 8, 6: 16 };
/** An IPv4 address as IPv6 (RFC 4291 §2.5.5.2): its prefix begins after this many bits. */
const MAPPED = /^(?:0*:)*:?ffff:/i;
const MAPPED_BITS = 96;

/** What works but is unsafe in a configuration, one sentence each, without any value: for the log and for the doctor. */
export function warningsOf(configuration: Configuration): string[] {
  return [
    ...configuration.unknownVariables,
    ...settingWarnings(configuration),
    ...optionWarnings(configuration.auth).map(({ variable, message }) => `${variable} ${message}`),
  ];
}

/** Those that the module does not log itself. */
export function settingWarnings({ mode, auth, docs, metricsToken, trustProxy }: Configuration): string[] {
  const warnings: string[] = [];
  const warn = (condition: boolean, message: string) => condition && warnings.push(message);
  warn(auth.rateLimits === false, 'RATE_LIMIT is off: passwords can be guessed without limit');
  warn(
    trustProxy.some(isWide),
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
  warn(
    metricsToken !== undefined && metricsToken.length < SHORT_TOKEN,
    'METRICS_TOKEN is short enough to be guessed: generate one with openssl rand -hex 32',
  );
  return warnings;
}

function isWide(cidr: string): boolean {
  const [address = '', bits = ''] = cidr.split('/');
  if (isIP(address) === 4) return Number(bits) < WIDE_PREFIX[4];
  const mapped = MAPPED.test(address) && Number(bits) >= MAPPED_BITS;
  return Number(bits) < (mapped ? MAPPED_BITS + WIDE_PREFIX[4] : WIDE_PREFIX[6]);
}
