import { refuseUnknownOptions } from '../client/known-options.js';
import { serviceUrl } from '../client/service-url.js';

/** What the app must know about the service. */
export interface LatchkeyNextOptions {
  /**
   * The address of the service, as the Next.js server reaches it, such as `http://auth.internal:3000`. Browsers do not
   * have to reach it.
   */
  url: string;
  /** The service's `JWT_ISSUER`. Default `latchkey`. */
  issuer?: string;
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
  issuer: string;
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
  const { issuer = 'latchkey', audience = 'latchkey', clockTolerance = 5, secureCookies = true } = options;
  for (const [name, value] of Object.entries({ issuer, audience })) {
    if (typeof value !== 'string' || value === '')
      throw new TypeError(
        `${name} must be the service's JWT_${name.toUpperCase()}: leave it out for 'latchkey'.`,
      );
  }
  // Written so that NaN is refused, too.
  if (typeof clockTolerance !== 'number' || !(clockTolerance >= 0 && clockTolerance <= MAX_CLOCK_TOLERANCE))
    throw new TypeError(
      `clockTolerance must be a number of seconds from 0 to ${MAX_CLOCK_TOLERANCE}, not ${shown(clockTolerance)}.`,
    );
  if (typeof secureCookies !== 'boolean')
    throw new TypeError(`secureCookies must be true or false, not ${shown(secureCookies)}.`);

  const prefix = secureCookies ? '__Host-' : '';
  return {
    url: serviceUrl('url', options.url),
    issuer,
    audience,
    clockTolerance,
    cookies: { access: `${prefix}access`, refresh: `${prefix}refresh` },
  };
}

/** With quotes around a string, so that `'false'` is told from `false`. */
function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value);
}
