import { type Call, CALLS, handlerFor, type HandlerName, pathFor } from './calls.js';
import { readCookies, writeCookies } from './cookie-text.js';
import type { LatchkeyNextSettings } from './next-options.js';
import { ownPageCheck } from './own-page.js';
import { readAnswer, type ServiceAnswer } from './service-answer.js';
import { callService } from './service-call.js';

/** A function that a `route.ts` exports. */
export type RouteHandler = (request: Request) => Promise<Response>;

/**
 * A handler for each call, to be exported from a `route.ts` as `POST` unless it says otherwise; or `all` of them from one
 * file. Requests from other sites are refused: 403 `CSRF_REJECTED`. An answer that is not the service's, such as the page of a proxy, is a 503 `UNAVAILABLE`.
 * Handlers with an id take it from the address, which must end as that of the service does: `factors/[id]`, for
 * instance.
 */
export interface RouteHandlers {
  /**
   * Every call below, by the part of the address after `/auth/`, as for `latchkey/client` with a `baseUrl` such as
   * `https://app.example.com/api`: export it from `app/api/auth/[...call]/route.ts` as `GET`, `POST`, `PATCH` and `DELETE`.
   */
  all: RouteHandler;
  login: RouteHandler;
  /** The second step of a login: `{ code }`, `{ recoveryCode }` or `{ passkey }`, and `trustDevice`. */
  loginWithFactor: RouteHandler;
  /** Begins that step with a passkey. */
  loginWithFactorOptions: RouteHandler;
  loginWithPasskey: RouteHandler;
  loginWithPasskeyOptions: RouteHandler;
  register: RouteHandler;
  refresh: RouteHandler;
  logout: RouteHandler;
  /** Confirms who the user is: the body is `{ password }`, or a second factor. */
  stepUp: RouteHandler;
  /** Begins that with a passkey. */
  stepUpOptions: RouteHandler;
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
  cancelFactorsReset: RouteHandler;
  /** Export it as `GET`. */
  getUser: RouteHandler;
  /** Export it as `PATCH`. */
  changeName: RouteHandler;
  /** Export it as `DELETE`. */
  closeAccount: RouteHandler;
  /** Export it as `GET`. */
  listFactors: RouteHandler;
  /** Export it as `DELETE` of `factors/[id]`. */
  removeFactor: RouteHandler;
  addTotp: RouteHandler;
  /** Export it from `totp/[id]/confirm`. */
  confirmTotp: RouteHandler;
  passkeyOptions: RouteHandler;
  addPasskey: RouteHandler;
  /** Export it as `PATCH` of `passkeys/[id]`. */
  renamePasskey: RouteHandler;
  /** Export it as `GET`. */
  passkeySignals: RouteHandler;
  renewRecoveryCodes: RouteHandler;
  /** Export it as `GET`. */
  listDevices: RouteHandler;
  /** Export it as `DELETE` of `devices/[id]`. */
  removeDevice: RouteHandler;
}

/** Longer than a login waits for its turn at the service. */
const TIMEOUT_MS = 30_000;

/**
 * Handlers that forward a request of the page to the service and return its answer, with its status, body and cookies
 * unchanged: whatever the outcome of a login is, the page gets to know it. The service sees a server, not a browser, so
 * the check for forged requests (CSRF) is made here.
 */
export function routeHandlers(settings: LatchkeyNextSettings): RouteHandlers {
  const isFromOwnPage = ownPageCheck(settings);

  async function handle(name: HandlerName | undefined, request: Request): Promise<Response> {
    if (!isFromOwnPage(request)) return refusal(403, 'CSRF_REJECTED', 'The request comes from another site.');
    const path = name && pathFor(CALLS[name], new URL(request.url).pathname);
    if (!path) return refusal(404, 'NOT_FOUND', 'There is no such call.');
    const answer = await forward(CALLS[name], path, request, settings);
    return answer ? toResponse(answer) : unavailable();
  }

  const names = Object.keys(CALLS) as HandlerName[];
  const each = names.map((name) => [name, (request: Request) => handle(name, request)] as const);
  return {
    ...(Object.fromEntries(each) as Record<HandlerName, RouteHandler>),
    all: (request) => handle(handlerFor(request.method, new URL(request.url).pathname), request),
  };
}

async function forward(name: Call, path: string, request: Request, settings: LatchkeyNextSettings) {
  const body = await request.text().catch(() => undefined);
  if (body === undefined) return undefined;
  const [method = 'POST'] = name.split(' ');
  const own: string[] = Object.values(settings.cookies);
  const carried = readCookies(request.headers.get('cookie'));
  const call = callService(path, settings, request, {
    headers: {
      'content-type': request.headers.get('content-type') ?? 'application/json',
      'x-auth-transport': 'cookie',
    },
    cookie: writeCookies(new Map([...carried].filter(([cookie]) => own.includes(cookie)))),
    ...(method !== 'GET' && { body: body || '{}' }),
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
