import type { VerifyAccess } from './access-cookie.js';
import { applySetCookies, readCookies, writeCookies } from './cookie-text.js';
import type { LatchkeyNextSettings } from './next-options.js';
import type { cookieRefresher } from './refresh-cookies.js';

/** The part of Next's `NextResponse` that is used. */
export interface NextResponseLike {
  next(init: { request: { headers: Headers } }): Response;
}

/**
 * Before a page or a route sees a request: where the access cookie has ended or is missing and there is a refresh
 * cookie, it is refreshed; the request goes on, and the answer goes back, with the new cookies. What is not valid is
 * taken away, not tried again. It protects nothing by itself: pages call `getSession`.
 */
export function sessionMiddleware(
  { cookies: names }: LatchkeyNextSettings,
  verify: VerifyAccess,
  refresh: ReturnType<typeof cookieRefresher>,
) {
  return (NextResponse: NextResponseLike) =>
    async (request: Request): Promise<Response> => {
      const cookies = readCookies(request.headers.get('cookie'));
      const lines = await newCookies(cookies, request.headers);
      if (lines.length === 0) return NextResponse.next({ request: { headers: request.headers } });

      const headers = new Headers(request.headers);
      headers.set('cookie', writeCookies(applySetCookies(cookies, lines)));
      const response = NextResponse.next({ request: { headers } });
      for (const line of lines) response.headers.append('set-cookie', line);
      response.headers.set('cache-control', 'private, no-store'); // it carries tokens
      return response;
    };

  async function newCookies(cookies: Map<string, string>, from: Headers): Promise<string[]> {
    const verdict = await verify(cookies.get(names.access)).catch(() => undefined);
    if (verdict === 'invalid') return [clearing(names.access)];
    const refreshToken = cookies.get(names.refresh);
    if (!refreshToken || (verdict !== 'missing' && verdict !== 'expired')) return [];
    return (await refresh(refreshToken, from))?.setCookies ?? [];
  }

  function clearing(name: string): string {
    const secure = name.startsWith('__Host-') ? '; Secure' : '';
    return `${name}=; Max-Age=0; Path=/; HttpOnly${secure}`;
  }
}
