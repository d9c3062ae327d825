import { refuseUnknownOptions } from '../client/known-options.js';
import { serviceUrl } from '../client/service-url.js';
import { originsProblem } from '../options/origin.js';
import { type IpRange, parseRange } from './ip-address.js';

/** What the app must know about the service. */
export interface LatchkeyNextOptions {
  /**
   * The address of the service, as the Next.js server reaches it, such as `http://auth.internal:3000`. Browsers do not
   * have to reach it.
   */
  url: string;
  /**
   * The issuer of the service's tokens: its `PUBLIC_URL`, or its `JWT_ISSUER` if that is set. A list accepts the tokens
   * of any of them, for a move. Default: `url` without a trailing slash, or `latchkey`.
   */
  issuer?: string | string[];
  /** The service's `JWT_AUDIENCE`. Default `latchkey`. */
  audience?: string;
  /** Allowed difference between clocks in seconds, from 0 to 60. Default 5. */
  clockTolerance?: number;
  /** The service's `COOKIE_SECURE`. It determines the names of the cookies. Default `true`. */
  secureCookies?: boolean;
  /** The service's `COOKIE_PARTITIONED`. Needs `secureCookies`. Default `false`. */
  partitionedCookies?: boolean;
  /**
   * The address ranges (CIDR) of the proxies in front of the app, such as `['10.0.0.0/8']`. The service is told the last
   * address in `X-Forwarded-For` that is not in them. Only right if the app can be reached through these proxies alone:
   * Next does not tell who called it. Without this option and without `clientAddress`, the service is told no address,
   * and its rate limits count all users of the app together.
   */
  trustedProxies?: string[];
  /**
   * The address of the browser, where the platform tells it in its own way. Must not return what a client can choose.
   * Anything but an IPv4 or IPv6 address, without a port, is not passed on, nor is anything if it throws: the error goes
   * to the console once. Instead of `trustedProxies`.
   */
  clientAddress?: (request: Request) => string | undefined;
  /**
   * Origins whose pages may call the handlers, besides the app's own: exactly as browsers send them, such as
   * `https://app.example.com`, or `capacitor://localhost` for an app in a web view. Behind a proxy that changes `Host`, list the app's own origin here. Default: none.
   */
  trustedOrigins?: string[];
  /**
   * Whether the app's own origin is that of `X-Forwarded-Host`, if there is one, and not that of `Host`. Only for a proxy
   * that always overwrites the header. Default `false`.
   */
  trustForwardedHost?: boolean;
}

/** The options with every default filled in. */
export interface LatchkeyNextSettings {
  url: URL;
  issuer: string[];
  audience: string;
  clockTolerance: number;
  cookies: Record<'access' | 'refresh' | 'device' | 'registration' | 'mfa' | 'trusted', string>;
  partitionedCookies: boolean;
  trustedProxies: IpRange[];
  clientAddress?: (request: Request) => unknown;
  trustedOrigins: string[];
  trustForwardedHost: boolean;
}

const KNOWN = {
  url: true,
  issuer: true,
  audience: true,
  clockTolerance: true,
  secureCookies: true,
  partitionedCookies: true,
  trustedProxies: true,
  clientAddress: true,
  trustedOrigins: true,
  trustForwardedHost: true,
} satisfies Record<keyof LatchkeyNextOptions, true>;

const MAX_CLOCK_TOLERANCE = 60;

/** @throws TypeError that says what to write instead */
export function toSettings(options: LatchkeyNextOptions): LatchkeyNextSettings {
  refuseUnknownOptions(options, KNOWN, 'createLatchkeyNext needs options: { url }.');
  const { clockTolerance = 5, trustedProxies, clientAddress, trustedOrigins = [] } = options;
  // Written so that NaN is refused, too.
  if (typeof clockTolerance !== 'number' || !(clockTolerance >= 0 && clockTolerance <= MAX_CLOCK_TOLERANCE))
    throw new TypeError(
      `clockTolerance must be a number of seconds from 0 to ${MAX_CLOCK_TOLERANCE}, not ${shown(clockTolerance)}.`,
    );
  if (clientAddress !== undefined && typeof clientAddress !== 'function')
    throw new TypeError(`clientAddress must be a function of the request, not ${shown(clientAddress)}.`);
  if (clientAddress && trustedProxies)
    throw new TypeError('trustedProxies and clientAddress exclude each other: leave one of them out.');
  const problem = originsProblem(trustedOrigins);
  if (problem) throw new TypeError(`trustedOrigins ${problem}.`);

  const url = serviceUrl('url', options.url);
  const issuer = issuersOf(options.issuer, url);
  const audience = audienceOf(options.audience);
  const secureCookies = flag('secureCookies', options.secureCookies ?? true);
  const partitionedCookies = flag('partitionedCookies', options.partitionedCookies ?? false);
  if (partitionedCookies && !secureCookies)
    throw new TypeError('partitionedCookies needs secureCookies: browsers ignore the cookies otherwise.');
  const prefix = secureCookies ? '__Host-' : '';
  return {
    url,
    issuer,
    audience,
    clockTolerance,
    cookies: {
      access: `${prefix}access`,
      refresh: `${prefix}refresh`,
      device: `${prefix}device`,
      registration: `${prefix}registration`,
      mfa: `${prefix}mfa`,
      trusted: `${prefix}trusted`,
    },
    partitionedCookies,
    trustedProxies: ranges(trustedProxies ?? []),
    clientAddress,
    trustedOrigins,
    trustForwardedHost: flag('trustForwardedHost', options.trustForwardedHost ?? false),
  };
}

/** @throws TypeError that says what to write instead */
function issuersOf(given: unknown, url: URL): string[] {
  if (given === undefined) return [url.href.replace(/\/+$/, ''), 'latchkey'];
  const issuers: unknown[] = [given].flat();
  if (issuers.length > 0 && issuers.every((entry) => typeof entry === 'string' && entry !== ''))
    return issuers as string[];
  throw new TypeError(
    `issuer must be the service's PUBLIC_URL, or its JWT_ISSUER if that is set: leave it out if that is the url.`,
  );
}

function audienceOf(value: unknown = 'latchkey'): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError(`audience must be the service's JWT_AUDIENCE: leave it out for 'latchkey'.`);
}

function flag(option: keyof LatchkeyNextOptions, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${option} must be true or false, not ${shown(value)}.`);
}

function ranges(texts: unknown): IpRange[] {
  const found = Array.isArray(texts) ? texts.map((text) => parseRange(String(text))) : [undefined];
  if (found.every((range) => range !== undefined)) return found;
  throw new TypeError(
    'trustedProxies must be a list of address ranges, each such as 10.0.0.0/8, not of everything.',
  );
}

/** With quotes around a string, so that `'false'` is told from `false`. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
