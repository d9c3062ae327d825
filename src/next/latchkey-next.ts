/**
 * Sessions in a Next.js app.
 * @module latchkey/next
 */
import { type AccessClaims, accessVerifier } from './access-cookie.js';
import { sessionMiddleware, type NextResponseLike } from './middleware.js';
import { type LatchkeyNextOptions, toSettings } from './next-options.js';
import { cookieRefresher } from './refresh-cookies.js';
import { type RouteHandler, type RouteHandlers, routeHandlers } from './route-handlers.js';

export type { AccessClaims, LatchkeyNextOptions, NextResponseLike, RouteHandler, RouteHandlers };

/** Who is signed in, by a verified access token. */
export interface NextSession {
  userId: string;
  sessionId: string;
  roles: string[];
  permissions: string[];
  /** How strongly the user has authenticated: `pwd`, `mfa` or `phr`. */
  acr: string;
  /** When the user last authenticated: at the login or by a step-up. */
  authTime: Date;
  /** When the access token expires. */
  expiresAt: Date;
  /** For calls to other services. Never pass it to the browser. */
  accessToken: string;
  claims: AccessClaims;
}

/** What `await cookies()` of `next/headers` returns. */
export interface CookiesLike {
  /** The cookie of this name. */
  get(name: string): { value: string } | undefined;
}

/** The sessions of a Next.js app. */
export interface LatchkeyNext {
  /**
   * Who is signed in, by the access cookie alone, without asking the service; `null` for nobody. A session that was
   * ended elsewhere is accepted until its access token expires.
   * @throws when the service's public keys are needed and cannot be fetched
   */
  getSession(cookies: CookiesLike): Promise<NextSession | null>;
  /** `export const POST = latchkey.handlers.login;` */
  handlers: RouteHandlers;
  /** `export const middleware = latchkey.middleware(NextResponse);` */
  middleware(NextResponse: NextResponseLike): (request: Request) => Promise<Response>;
}

/**
 * Sessions of the service in a Next.js app, with the same cookies on the app's own origin. The service must sign with a
 * key pair, not with HS*.
 * @throws TypeError when an option is wrong or unknown
 */
export function createLatchkeyNext(options: LatchkeyNextOptions): LatchkeyNext {
  const settings = toSettings(options);
  const verify = accessVerifier(settings);
  return {
    getSession: async (cookies) => {
      const accessToken = cookies.get(settings.cookies.access)?.value;
      const verdict = await verify(accessToken);
      return typeof verdict === 'object' ? toSession(accessToken!, verdict.claims) : null;
    },
    handlers: routeHandlers(settings),
    middleware: sessionMiddleware(settings, verify, cookieRefresher(settings)),
  };
}

function toSession(accessToken: string, claims: AccessClaims): NextSession {
  const { sub, sid, roles, permissions, exp, acr = 'pwd', auth_time = 0 } = claims;
  return {
    userId: sub,
    sessionId: sid,
    roles,
    permissions,
    acr,
    authTime: new Date(auth_time * 1_000),
    expiresAt: new Date(exp * 1_000),
    accessToken,
    claims,
  };
}
