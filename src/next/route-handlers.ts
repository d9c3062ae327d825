import { readCookies, writeCookies } from './cookie-text.js';
import type { LatchkeyNextSettings } from './next-options.js';
import { forwarded } from './refresh-cookies.js';

/** A function that a `route.ts` exports. */
export type RouteHandler = (request: Request) => Promise<Response>;

/**
 * A `POST` handler for each call, to be exported from a `route.ts`. Requests from other sites are refused: 403
 * `CSRF_REJECTED`.
 */
export interface RouteHandlers {
  login: RouteHandler;
  register: RouteHandler;
  refresh: RouteHandler;
  logout: RouteHandler;
}

/**
 * `POST` handlers that forward a request of the page to the service and return its answer, with its status, body and
 * cookies unchanged: whatever the outcome of a login is, the page gets to know it. The service sees a server, not a
 * browser, so the check for forged requests (CSRF) is made here.
 */
export function routeHandlers(settings: LatchkeyNextSettings): RouteHandlers {
  const handler =
    (name: keyof RouteHandlers): RouteHandler =>
    async (request) => {
      if (!isFromOwnPage(request))
        return refusal(403, 'CSRF_REJECTED', 'The request comes from another site.');
      try {
        return await toResponse(await forward(name, request, settings));
      } catch {
        return refusal(503, 'UNAVAILABLE', 'The service cannot do this right now: try again shortly.');
      }
    };
  return {
    login: handler('login'),
    register: handler('register'),
    refresh: handler('refresh'),
    logout: handler('logout'),
  };
}

/**
 * Browsers say where a request comes from. Programs that do not say so send no cookies by accident. `none` stands for
 * what the user starts, such as a bookmark, which is never a `POST`. The service makes the same check, but it also has
 * trusted origins.
 */
function isFromOwnPage({ headers, url }: Request): boolean {
  const origin = headers.get('origin');
  if (origin === 'null') return false;
  const site = headers.get('sec-fetch-site');
  if (site) return site === 'same-origin';
  if (origin === null) return true;
  return URL.canParse(origin) && new URL(origin).host === (headers.get('host') ?? new URL(url).host);
}

async function forward(name: string, request: Request, { url, cookies }: LatchkeyNextSettings) {
  const carried = readCookies(request.headers.get('cookie'));
  const own = new Map([...carried].filter(([cookie]) => Object.values(cookies).includes(cookie)));
  return fetch(new URL(`auth/${name}`, url), {
    method: 'POST',
    headers: {
      ...forwarded(request.headers),
      'content-type': request.headers.get('content-type') ?? 'application/json',
      'x-auth-transport': 'cookie',
      ...(own.size > 0 && { cookie: writeCookies(own) }),
    },
    body: (await request.text()) || '{}',
    cache: 'no-store',
  } as RequestInit);
}

async function toResponse(answer: Response): Promise<Response> {
  const headers = new Headers({ 'cache-control': 'no-store' });
  for (const name of ['content-type', 'retry-after', 'www-authenticate']) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  for (const line of answer.headers.getSetCookie()) headers.append('set-cookie', line);
  const text = await answer.text();
  return new Response(text || null, { status: answer.status, headers });
}

function refusal(statusCode: number, error: string, message: string): Response {
  return Response.json({ statusCode, error, message }, { status: statusCode });
}
