/**
 * Sessions in a browser: refreshes in time, once for all tabs, and never logs out by accident.
 * @module latchkey/client
 */
import { type Answer, errorOf, type LatchkeyUser, networkError, readAnswer } from './answer.js';
import { LatchkeyError } from './client-error.js';
import type { LatchkeyClient, LatchkeyClientOptions } from './client-types.js';
import { exclusivelyByName } from './exclusively.js';
import { FINAL_CODES } from './final-codes.js';
import { sendUntilAnswered } from './send-until-answered.js';
import { ServerClock } from './server-clock.js';
import { type Session, SharedSession, type TokenStorage } from './shared-session.js';

export { LatchkeyError };
export type { LatchkeyClient, LatchkeyClientOptions, LatchkeyUser, TokenStorage };

/** In a browser one more code is final: the browser drops the refresh cookie when the session's time is up. */
const FINAL = new Set<string>([...FINAL_CODES, 'REFRESH_TOKEN_MISSING']);
/** What a refresh may cure, or else tells for certain. */
const CURABLE = new Set(['TOKEN_EXPIRED', 'TOKEN_MISSING', 'TOKEN_REVOKED', 'INVALID_TOKEN']);

/** How long before the access token ends a refresh is due; less for one that lives shorter than five minutes. */
const MAX_AHEAD_MS = 30_000;

type SentAnswer = Answer & { sent: number };

/** The session of this browser, kept alive in all its tabs until the service says that it is over. */
export function createLatchkeyClient(options: LatchkeyClientOptions): LatchkeyClient {
  const base = new URL(options.baseUrl.replace(/\/*$/, '/'));
  const inCookies = options.transport === 'cookie';
  const name = `latchkey ${options.transport} ${base.href}`;
  const plainFetch: typeof fetch = (...call) => (options.fetch ?? globalThis.fetch)(...call);
  const clock = new ServerClock();
  const exclusively = exclusivelyByName(name);
  const listeners = new Set<(code: string) => void>(options.onSignedOut && [options.onSignedOut]);
  const shared = new SharedSession(name, inCookies ? undefined : options.storage, !inCookies, tellSignedOut);

  let renewing: Promise<Session> | undefined;
  let refusal: { error: LatchkeyError; until: number } | undefined;
  let user: { version: number; value: LatchkeyUser } | undefined;

  function tellSignedOut({ signedIn, endedBy = '' }: Session, before: Session): void {
    if (signedIn !== false || before.signedIn === false) return;
    const wasAnonymous = endedBy === 'REFRESH_TOKEN_MISSING' && !before.signedIn && !user;
    user = undefined;
    if (!wasAnonymous) for (const listener of listeners) listener(endedBy);
  }

  async function post(path: string, body: object, signal?: AbortSignal): Promise<SentAnswer> {
    const sent = Date.now();
    try {
      const response = await plainFetch(new URL(path, base), {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(inCookies && { 'x-auth-transport': 'cookie' }) },
        body: JSON.stringify(body),
        credentials: inCookies ? 'include' : 'omit',
        // The browser takes the new cookies in even when the page is left before the answer is there.
        keepalive: inCookies,
        signal,
      });
      clock.learn(response, sent);
      return { ...(await readAnswer(response)), sent };
    } catch (cause) {
      throw networkError(cause);
    }
  }

  function signedIn({ body: { accessToken, refreshToken, expiresIn = 0 }, sent }: SentAnswer) {
    const lifetime = expiresIn * 1_000;
    const expiresAt = clock.at(sent) + lifetime;
    return shared.change({
      signedIn: true,
      expiresAt,
      refreshAt: expiresAt - Math.min(MAX_AHEAD_MS, lifetime / 10),
      ...(!inCookies && { accessToken, refreshToken }),
    });
  }

  function signedOut(endedBy: string) {
    return shared.change({ signedIn: false, endedBy });
  }

  function enter(path: string, body: object): Promise<LatchkeyUser> {
    return exclusively(async () => {
      await shared.lookAround();
      const answer = await post(path, body);
      if (!answer.response.ok) throw errorOf(answer);
      const { version } = await signedIn(answer);
      user = { version, value: answer.body.user! };
      return user.value;
    });
  }

  /** A session newer than `stale`; the same one when nobody is signed in. One at a time, in this page and all tabs. */
  async function renew(stale: Session): Promise<Session> {
    const made = await (renewing ??= exclusively(() => renewAlone(stale)).finally(() => {
      renewing = undefined;
    }));
    // Joined one that was begun for an older session.
    return made.version === stale.version && made.signedIn ? renew(stale) : made;
  }

  async function renewAlone(stale: Session): Promise<Session> {
    const session = await shared.lookAround();
    const { refreshToken } = session;
    const madeElsewhere = session.version !== stale.version && clock.now() < (session.refreshAt ?? 0);
    if (madeElsewhere || session.signedIn === false) return session;
    if (!inCookies && !refreshToken) return session;
    if (refusal && performance.now() < refusal.until) throw refusal.error;

    const answer = await sendUntilAnswered((signal) =>
      post('auth/refresh', inCookies ? {} : { refreshToken }, signal),
    ).catch((error: LatchkeyError) => {
      refusal = { error, until: performance.now() + (error.retryAfter ?? 0) * 1_000 };
      throw error;
    });
    if (answer.response.ok) return signedIn(answer);
    const error = errorOf(answer);
    if (FINAL.has(error.code)) return signedOut(error.code);
    throw error;
  }

  async function lookAhead(): Promise<Session> {
    const session = await shared.look();
    if (!session.signedIn || clock.now() < session.refreshAt!) return session;
    try {
      return await renew(session);
    } catch (error) {
      if (clock.now() < session.expiresAt!) return session; // good for this one request still
      throw error;
    }
  }

  async function send(request: Request, { accessToken }: Session): Promise<Response> {
    if (inCookies) return plainFetch(new Request(request, { credentials: 'include' }));
    if (accessToken) request.headers.set('authorization', `Bearer ${accessToken}`);
    return plainFetch(request);
  }

  async function fetchWithSession(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
    const request = new Request(input instanceof Request ? input : new URL(input, base), init);
    const foreign = new URL(request.url).origin !== base.origin;
    if (foreign || request.headers.has('authorization')) return plainFetch(request);

    const session = await lookAhead();
    const again = request.clone();
    const sent = Date.now();
    const response = await send(request, session);
    if (response.status !== 401) return response;
    clock.learn(response, sent);
    const { body } = await readAnswer(response.clone());
    if (!CURABLE.has(body.error!)) return response;
    const renewed = await renew(session);
    return renewed.signedIn && renewed.version !== session.version ? send(again, renewed) : response;
  }

  return {
    login: (credentials) => enter('auth/login', credentials),
    register: (account) => enter('auth/register', account),
    fetch: fetchWithSession as typeof fetch,
    logout: () =>
      exclusively(async () => {
        const { refreshToken } = await shared.lookAround();
        if (!inCookies) await signedOut('LOGGED_OUT');
        if (!inCookies && !refreshToken) return;
        const answer = await sendUntilAnswered((signal) => post('auth/logout', { refreshToken }, signal));
        if (!answer.response.ok) throw errorOf(answer);
        if (inCookies) await signedOut('LOGGED_OUT');
      }),
    getUser: async () => {
      const known = await shared.look();
      if (known.signedIn === false || (!inCookies && !known.refreshToken)) return null;
      if (user && user.version === known.version) return user.value;
      const answer = await readAnswer(await fetchWithSession('auth/me'));
      if (answer.response.status === 401) return null;
      if (!answer.response.ok) throw errorOf(answer);
      user = { version: (await shared.look()).version, value: answer.body.user! };
      return user.value;
    },
    getAccessToken: async () => (await lookAhead()).accessToken,
    refresh: async () => (await renew(await shared.look())).signedIn === true,
    onSignedOut: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => shared.close(),
  };
}
