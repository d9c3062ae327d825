import { readCookies, writeCookies } from './cookie-text.js';
import type { LatchkeyNextSettings } from './next-options.js';
import { ownPageCheck } from './own-page.js';
import { type Call, readAnswer, type ServiceAnswer } from './service-answer.js';
import { callService } from './service-call.js';

/** A function that a `route.ts` exports. */
export type RouteHandler = (request: Request) => Promise<Response>;

/**
 * A handler for each call, `POST` unless it says otherwise, to be exported from a `route.ts`. Requests from other sites are refused: 403
 * `CSRF_REJECTED`. An answer that is not the service's, such as the page of a proxy, is a 503 `UNAVAILABLE`.
 */
export interface RouteHandlers {
  login: RouteHandler;
  register: RouteHandler;
  refresh: RouteHandler;
  logout: RouteHandler;
  /** Confirms who the user is: the body is `{ password }`. */
  stepUp: RouteHandler;
  /** Ends a registration by its mailed link, and signs in: the body is `{ token, password? }`. */
  confirmRegistration: RouteHandler;
  forgotPassword: RouteHandler;
  resetPassword: RouteHandler;
  verifyEmail: RouteHandler;
  resendVerification: RouteHandler;
  changeEmail: RouteHandler;
  confirmEmail: RouteHandler;
  undoEmailChange: RouteHandler;
  restoreAccount: RouteHandler;
  /** Export it as `PATCH`. */
  changeName: RouteHandler;
  /** Export it as `DELETE`. */
  closeAccount: RouteHandler;
}

/** Longer than a login waits for its turn at the service. */
const TIMEOUT_MS = 30_000;

/**
 * `POST` handlers that forward a request of the page to the service and return its answer, with its status, body and
 * cookies unchanged: whatever the outcome of a login is, the page gets to know it. The service sees a server, not a
 * browser, so the check for forged requests (CSRF) is made here.
 */
export function routeHandlers(settings: LatchkeyNextSettings): RouteHandlers {
  const isFromOwnPage = ownPageCheck(settings);
  const handler =
    (name: Call, method = 'POST'): RouteHandler =>
    async (request) => {
      if (!isFromOwnPage(request))
        return refusal(403, 'CSRF_REJECTED', 'The request comes from another site.');
      const answer = await forward(name, method, request, settings);
      return answer ? toResponse(answer) : unavailable();
    };
  return {
    login: handler('login'),
    register: handler('register'),
    refresh: handler('refresh'),
    logout: handler('logout'),
    stepUp: handler('step-up'),
    confirmRegistration: handler('register/confirm'),
    forgotPassword: handler('password/forgot'),
    resetPassword: handler('password/reset'),
    verifyEmail: handler('email/verify'),
    resendVerification: handler('email/verification'),
    changeEmail: handler('email'),
    confirmEmail: handler('email/confirm'),
    undoEmailChange: handler('email/undo'),
    restoreAccount: handler('me/restore'),
    changeName: handler('me', 'PATCH'),
    closeAccount: handler('me', 'DELETE'),
  };
}

async function forward(name: Call, method: string, request: Request, settings: LatchkeyNextSettings) {
  const body = await request.text().catch(() => undefined);
  if (body === undefined) return undefined;
  const own: string[] = Object.values(settings.cookies);
  const carried = readCookies(request.headers.get('cookie'));
  const call = callService(name, settings, request, {
    headers: {
      'content-type': request.headers.get('content-type') ?? 'application/json',
      'x-auth-transport': 'cookie',
    },
    cookie: writeCookies(new Map([...carried].filter(([cookie]) => own.includes(cookie)))),
    body: body || '{}',
    method,
    timeoutMs: TIMEOUT_MS,
  });
  return call.then((response) => readAnswer(name, response, settings.cookies)).catch(() => undefined);
}

function toResponse({ status, headers: given, text, setCookies }: ServiceAnswer): Response {
  const headers = new Headers({ 'cache-control': 'no-store' });
  for (const name of ['content-type', 'retry-after', 'www-authenticate']) {
    const value = given.get(name);
    if (value !== null) headers.set(name, value);
  }
  for (const line of setCookies) headers.append('set-cookie', line);
  return new Response(text || null, { status, headers });
}

function unavailable(): Response {
  return refusal(503, 'UNAVAILABLE', 'The service cannot do this right now: try again shortly.');
}

function refusal(statusCode: number, error: string, message: string): Response {
  return Response.json({ statusCode, error, message }, { status: statusCode });
}
