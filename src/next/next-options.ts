import { refuseUnknownOptions } from '../client/known-options.js';
import { serviceUrl } from '../client/service-url.js';

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
}

/** The options with every default filled in. */
export interface LatchkeyNextSettings {
  url: URL;
  issuer: string[];
  audience: string;
  clockTolerance: number;
  cookies: { access: string; refresh: string };
}

const KNOWN = {
  url: true,
  issuer: true,
  audience: true,
  clockTolerance: true,
  secureCookies: true,
} satisfies Record<keyof LatchkeyNextOptions, true>;

const MAX_CLOCK_TOLERANCE = 60;

/** @throws TypeError that says what to write instead */
export function toSettings(options: LatchkeyNextOptions): LatchkeyNextSettings {
  refuseUnknownOptions(options, KNOWN, 'createLatchkeyNext needs options: { url }.');
  const { audience = 'latchkey', clockTolerance = 5, secureCookies = true } = options;
  const url = serviceUrl('url', options.url);
  const issuer = toIssuers(options.issuer, url);
  if (typeof audience !== 'string' || audience === '')
    throw new TypeError(`audience must be the service's JWT_AUDIENCE: leave it out for 'latchkey'.`);
  // Written so that NaN is refused, too.
  if (typeof clockTolerance !== 'number' || !(clockTolerance >= 0 && clockTolerance <= MAX_CLOCK_TOLERANCE))
    throw new TypeError(
      `clockTolerance must be a number of seconds from 0 to ${MAX_CLOCK_TOLERANCE}, not ${shown(clockTolerance)}.`,
    );
  if (typeof secureCookies !== 'boolean')
    throw new TypeError(`secureCookies must be true or false, not ${shown(secureCookies)}.`);

  const prefix = secureCookies ? '__Host-' : '';
  return {
    url,
    issuer,
    audience,
    clockTolerance,
    cookies: { access: `${prefix}access`, refresh: `${prefix}refresh` },
  };
}

/** @throws TypeError that says what to write instead */
function toIssuers(given: unknown, url: URL): string[] {
  if (given === undefined) return [url.href.replace(/\/+$/, ''), 'latchkey'];
  const issuers: unknown[] = [given].flat();
  if (issuers.length > 0 && issuers.every((entry) => typeof entry === 'string' && entry !== ''))
    return issuers as string[];
  throw new TypeError(
    `issuer must be the service's PUBLIC_URL, or its JWT_ISSUER if that is set: leave it out if that is the url.`,
  );
}

/** With quotes around a string, so that `'false'` is told from `false`. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
