/** What the app has to know about the service. */
export interface LatchkeyNextOptions {
  /** Where the service is for the Next.js server, such as `http://auth.internal:3000`. Browsers need not reach it. */
  url: string;
  /** As the service has it. Default `latchkey`. */
  issuer?: string;
  /** As the service has it. Default `latchkey`. */
  audience?: string;
  /** Allowed difference between clocks in seconds. Default 5. */
  clockTolerance?: number;
  /** The service's `COOKIE_SECURE`: decides the names of the cookies. Default `true`. */
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

export function toSettings(options: LatchkeyNextOptions): LatchkeyNextSettings {
  const { issuer = 'latchkey', audience = 'latchkey', clockTolerance = 5, secureCookies = true } = options;
  const prefix = secureCookies ? '__Host-' : '';
  return {
    url: new URL(options.url.replace(/\/*$/, '/')),
    issuer,
    audience,
    clockTolerance,
    cookies: { access: `${prefix}access`, refresh: `${prefix}refresh` },
  };
}
