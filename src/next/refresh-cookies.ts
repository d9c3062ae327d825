import type { LatchkeyNextSettings } from './next-options.js';

/** The result of a refresh: `Set-Cookie` lines for the browser, or `undefined` when it is not possible now. */
export type RefreshOutcome = { setCookies: string[] } | undefined;

/**
 * How long a result is kept for requests that were sent with the old cookie. Shorter than the service's leeway, after
 * which the old token counts as stolen.
 */
const KEEP_MS = 5_000;
const ATTEMPTS = 3;
const ATTEMPT_MS = 2_500;

/**
 * Exchanges a refresh token once for all parallel requests of a page. If they reach several servers, that is fine, too:
 * the service gives the same tokens to each.
 */
export function cookieRefresher(settings: LatchkeyNextSettings) {
  const outcomes = new Map<string, Promise<RefreshOutcome>>();

  return (refreshToken: string, from: Headers): Promise<RefreshOutcome> => {
    const known = outcomes.get(refreshToken);
    if (known) return known;
    const outcome = refresh(refreshToken, from);
    outcomes.set(refreshToken, outcome);
    void outcome.then((made) => {
      if (made) setTimeout(() => outcomes.delete(refreshToken), KEEP_MS);
      else outcomes.delete(refreshToken);
    });
    return outcome;
  };

  async function refresh(refreshToken: string, from: Headers): Promise<RefreshOutcome> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const response = await ask(refreshToken, from).catch(() => undefined);
      // After a lost answer or a 5xx, it retries with the same token, as the leeway allows. After a 429 it does not.
      if (response && (response.ok || response.status === 401)) {
        return { setCookies: response.headers.getSetCookie() };
      }
      if (response && response.status < 500) return undefined;
    }
    return undefined;
  }

  function ask(refreshToken: string, from: Headers): Promise<Response> {
    return fetch(new URL('auth/refresh', settings.url), {
      method: 'POST',
      headers: {
        ...forwarded(from),
        'content-type': 'application/json',
        cookie: `${settings.cookies.refresh}=${refreshToken}`,
      },
      body: '{}',
      cache: 'no-store',
      signal: AbortSignal.timeout(ATTEMPT_MS),
    } as RequestInit);
  }
}

/** Who really sent the request. The service trusts these headers from the proxies in TRUST_PROXY. */
export function forwarded(from: Headers): Record<string, string> {
  const kept = ['user-agent', 'x-forwarded-for'].map((name) => [name, from.get(name)] as const);
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== null));
}
