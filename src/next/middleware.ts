import type { VerifyAccess } from './access-cookie.js';
import { readCookies, repeatedIn, replaceCookies } from './cookie-text.js';
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
 * A page does not see our cookies that came twice: Next's own parser would take one of them, perhaps the planted one.
 *
 * A request that only fetches ahead changes no cookie, because its answer may be thrown away. If it would have to change
 * one, it gets a 503 that browsers do not cache, not a page that looks signed out: the browser requests the page again
 * when the user goes there.
 */
export function sessionMiddleware(
  { cookies: names, partitionedCookies }: LatchkeyNextSettings,
  verify: VerifyAccess,
  refresh: ReturnType<typeof cookieRefresher>,
) {
  const own = [names.access, names.refresh];
  return (NextResponse: NextResponseLike) =>
    async (request: Request): Promise<Response> => {
      const header = request.headers.get('cookie');
      const cookies = readCookies(header);
      const planted = repeatedIn(header, own);
      const action = await actionFor(cookies);
      if (action !== 'none' && isFetchedAhead(request.headers)) return notAhead();

      const lines = action === 'none' ? [] : await linesFor(action, cookies, request);
      const headers = new Headers(request.headers);
      if (lines.length + planted.length > 0) headers.set('cookie', replaceCookies(header, planted, lines));
      const response = NextResponse.next({ request: { headers } });
      if (lines.length === 0) return response;
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

  async function linesFor(action: 'clear' | 'refresh', cookies: Map<string, string>, request: Request) {
    if (action === 'clear') return [clearing(names.access)];
    return (await refresh(cookies.get(names.refresh)!, request))?.setCookies ?? [];
  }

  /** Browsers delete a cookie only by one with the same name and partition. */
  function clearing(name: string): string {
    const secure = name.startsWith('__Host-') ? '; Secure' : '';
    const partitioned = partitionedCookies ? '; SameSite=None; Partitioned' : '';
    return `${name}=; Max-Age=0; Path=/; HttpOnly${secure}${partitioned}`;
  }
}

function notAhead(): Response {
  return new Response(null, { status: 503, headers: { 'cache-control': 'no-store' } });
}
