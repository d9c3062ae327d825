import type { VerifyAccess } from './access-cookie.js';
import { applySetCookies, readCookies, writeCookies } from './cookie-text.js';
import { isFetchedAhead } from './fetched-ahead.js';
import type { LatchkeyNextSettings } from './next-options.js';
import type { cookieRefresher } from './refresh-cookies.js';

/** The part of Next's `NextResponse` that is used. */
export interface NextResponseLike {
  /** Passes the request on to the page, with these headers instead of the browser's. */
  next(init: { request: { headers: Headers } }): Response;
}

/**
 * Runs before a page or a route sees a request. If the access cookie has expired or is missing and there is a refresh
 * cookie, the session is refreshed: both the page and the browser get the new cookies. An invalid access cookie is
 * deleted, not refreshed. The middleware protects nothing by itself: pages call `getSession`.
 *
 * A request that only fetches ahead changes no cookie, because its answer may be thrown away. If it would have to change
 * one, it gets a 503 that browsers do not cache, not a page that looks signed out: the browser requests the page again
 * when the user goes there.
 */
export function sessionMiddleware(
  { cookies: names }: LatchkeyNextSettings,
  verify: VerifyAccess,
  refresh: ReturnType<typeof cookieRefresher>,
) {
  return (NextResponse: NextResponseLike) =>
    async (request: Request): Promise<Response> => {
      const cookies = readCookies(request.headers.get('cookie'));
      const action = await actionFor(cookies);
      if (action === 'none') return passOn(NextResponse, request.headers);
      if (isFetchedAhead(request.headers)) return notAhead();

      const lines = action === 'clear' ? [clearing(names.access)] : await refreshed(cookies, request.headers);
      if (lines.length === 0) return passOn(NextResponse, request.headers);
      const headers = new Headers(request.headers);
      headers.set('cookie', writeCookies(applySetCookies(cookies, lines)));
      const response = passOn(NextResponse, headers);
      for (const line of lines) response.headers.append('set-cookie', line);
      response.headers.set('cache-control', 'private, no-store'); // it contains tokens
      return response;
    };

  async function actionFor(cookies: Map<string, string>): Promise<'none' | 'clear' | 'refresh'> {
    const verdict = await verify(cookies.get(names.access)).catch(() => undefined);
    if (verdict === 'invalid') return 'clear';
    const hasEnded = verdict === 'missing' || verdict === 'expired';
    return hasEnded && cookies.get(names.refresh) ? 'refresh' : 'none';
  }

  async function refreshed(cookies: Map<string, string>, from: Headers): Promise<string[]> {
    return (await refresh(cookies.get(names.refresh)!, from))?.setCookies ?? [];
  }

  function clearing(name: string): string {
    const secure = name.startsWith('__Host-') ? '; Secure' : '';
    return `${name}=; Max-Age=0; Path=/; HttpOnly${secure}`;
  }
}

function passOn(NextResponse: NextResponseLike, headers: Headers): Response {
  return NextResponse.next({ request: { headers } });
}

function notAhead(): Response {
  return new Response(null, { status: 503, headers: { 'cache-control': 'no-store' } });
}
