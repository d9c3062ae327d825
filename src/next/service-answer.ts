import { FINAL_CODES } from '../client/final-codes.js';
import { setCookiesIn } from './cookie-text.js';
import type { LatchkeyNextSettings } from './next-options.js';

/** A path below `/auth`. */
export type Call =
  | 'login'
  | 'register'
  | 'refresh'
  | 'logout'
  | 'step-up'
  | 'register/confirm'
  | 'password/forgot'
  | 'password/reset'
  | 'email'
  | 'email/verification'
  | 'email/verify'
  | 'email/confirm'
  | 'email/undo'
  | 'me'
  | 'me/restore';

export interface ServiceAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** The `Set-Cookie` lines that the browser may get, unchanged. */
  setCookies: string[];
  /** The session is over: trying again is useless. */
  isFinal: boolean;
}

interface Body {
  user?: unknown;
  error?: unknown;
  outcome?: unknown;
  expiresIn?: unknown;
}

type CookieNames = LatchkeyNextSettings['cookies'];

const FINAL = new Set<unknown>(FINAL_CODES);

/**
 * Reads the answer to a call. `undefined` for one that the service does not give, such as the page of a captive portal, an
 * answer without a session, or a part of one: then nothing of it may reach the browser, least of all its cookies.
 * @throws what `fetch` throws when the connection breaks before the end of the body
 */
export async function readAnswer(
  call: Call,
  response: Response,
  names: CookieNames,
): Promise<ServiceAnswer | undefined> {
  const { status, headers } = response;
  const text = await response.text();
  const body = bodyIn(headers, text);
  const lines = headers.getSetCookie();
  if (status >= 400) {
    if (typeof body?.error !== 'string') return undefined;
    const isFinal = call === 'refresh' && status === 401 && FINAL.has(body.error);
    return {
      status,
      headers,
      text,
      isFinal,
      setCookies: isFinal ? lines : withoutSession(call, lines, names),
    };
  }
  const isComplete = text === '' || body !== undefined;
  const isSuccess = isComplete && SUCCESS[call](status, body, setCookiesIn(lines), names);
  return isSuccess ? { status, headers, text, isFinal: false, setCookies: lines } : undefined;
}

type Test = (status: number, body: Body | undefined, set: Map<string, string>, names: CookieNames) => boolean;

const hasSession: Test = (_, body, set, { access, refresh }) =>
  Boolean(set.get(access) && set.get(refresh)) && typeof body?.expiresIn === 'number';

/** A login may end in something else than a session. Only the page has to know what that means. */
const hasOutcome: Test = (status, body, set, names) =>
  status === 202 ||
  ((status === 200 || status === 201) && (hasSession(status, body, set, names) || isOtherOutcome(body)));

const isAccepted: Test = (status) => status === 202;
const isDone: Test = (status) => status === 204;

const SUCCESS: Record<Call, Test> = {
  'register/confirm': hasOutcome,
  'password/forgot': isAccepted,
  'password/reset': isDone,
  email: isAccepted,
  'email/verification': isAccepted,
  'email/verify': isDone,
  'email/confirm': isDone,
  'email/undo': isDone,
  // A new name, or the account is closed.
  me: (status, body) => status === 202 || (status === 200 && typeof body?.user === 'object'),
  'me/restore': isDone,
  login: hasOutcome,
  register: hasOutcome,
  refresh: (status, ...rest) => status === 200 && hasSession(status, ...rest),
  'step-up': (status, body, set, { access }) =>
    status === 200 && Boolean(set.get(access)) && typeof body?.expiresIn === 'number',
  logout: (status, _, set, { refresh }) => status === 204 && set.get(refresh) === '',
};

function isOtherOutcome(body: Body | undefined): boolean {
  return typeof body?.outcome === 'string' && body.outcome !== 'signed-in';
}

/** A refused login may set other cookies, but no failure touches the session unless it is final. */
function withoutSession(call: Call, lines: string[], { access, refresh }: CookieNames): string[] {
  if (call === 'refresh' || call === 'logout') return [];
  return lines.filter(
    (line) => ![...setCookiesIn([line]).keys()].some((name) => [access, refresh].includes(name)),
  );
}

function bodyIn(headers: Headers, text: string): Body | undefined {
  if (!/^application\/json[ \t]*(?:;|$)/i.test(headers.get('content-type') ?? '')) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined;
  } catch {
    return undefined;
  }
}
