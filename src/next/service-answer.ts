import { FINAL_CODES } from '../client/final-codes.js';
import type { Call } from './calls.js';
import { setCookiesIn } from './cookie-text.js';
import type { LatchkeyNextSettings } from './next-options.js';

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
  [member: string]: unknown;
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
    const isFinal = call === 'POST refresh' && status === 401 && FINAL.has(body.error);
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

/** With a text in this member. */
const isWith =
  (expected: number, member: string): Test =>
  (status, body) =>
    status === expected && typeof body?.[member] === 'string';
const hasUser: Test = (status, body) => status === 200 && typeof body?.user === 'object';
const isList: Test = (status, body) => status === 200 && Array.isArray(body);
const OFFERED = isWith(200, 'ticket');

const SUCCESS: Record<Call, Test> = {
  'POST login': hasOutcome,
  'POST login/mfa': hasOutcome,
  'POST login/mfa/options': OFFERED,
  'POST login/passkey': hasOutcome,
  'POST login/passkey/options': OFFERED,
  'POST register': hasOutcome,
  'POST register/confirm': hasOutcome,
  'POST refresh': (status, ...rest) => status === 200 && hasSession(status, ...rest),
  'POST logout': (status, _, set, { refresh }) => status === 204 && set.get(refresh) === '',
  'POST step-up': (status, body, set, { access }) =>
    status === 200 && Boolean(set.get(access)) && typeof body?.expiresIn === 'number',
  'POST step-up/options': OFFERED,
  'POST password/forgot': isAccepted,
  'POST password/reset': isDone,
  'POST email': isAccepted,
  'POST email/verification': isAccepted,
  'POST email/verify': isDone,
  'POST email/confirm': isDone,
  'POST email/undo': isDone,
  'POST me/restore': isDone,
  'GET me': hasUser,
  'PATCH me': hasUser,
  'DELETE me': isAccepted,
  'POST factors/reset/cancel': isDone,
  'GET factors': isList,
  'DELETE factors/:id': isDone,
  'POST totp': isWith(201, 'secret'),
  // With recovery codes, or nothing.
  'POST totp/:id/confirm': (status, body) => status === 200 && body !== undefined && !Array.isArray(body),
  'POST passkeys/options': OFFERED,
  'POST passkeys': isWith(201, 'id'),
  'PATCH passkeys/:id': isWith(200, 'id'),
  'GET passkeys/signals': isWith(200, 'rpId'),
  'POST recovery-codes': (status, body) => status === 201 && Array.isArray(body?.recoveryCodes),
  'GET devices': isList,
  'DELETE devices/:id': isDone,
};

function isOtherOutcome(body: Body | undefined): boolean {
  return typeof body?.outcome === 'string' && body.outcome !== 'signed-in';
}

/** A refused login may set other cookies, but no failure touches the session unless it is final. */
function withoutSession(call: Call, lines: string[], { access, refresh }: CookieNames): string[] {
  if (call === 'POST refresh' || call === 'POST logout') return [];
  return lines.filter(
    (line) => ![...setCookiesIn([line]).keys()].some((name) => [access, refresh].includes(name)),
  );
}

function bodyIn(headers: Headers, text: string): Body | undefined {
  if (!/^application\/json[ \t]*(?:;|$)/i.test(headers.get('content-type') ?? '')) return undefined;
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Body) : undefined;
  } catch {
    return undefined;
  }
}
