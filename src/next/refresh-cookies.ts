import type { LatchkeyNextSettings } from './next-options.js';

/** What came of a refresh: lines to send to the browser, or nothing when it could not be made now. */
export type RefreshOutcome = { setCookies: string[] } | undefined;

/**
 * How long an outcome is kept for requests that were sent with the old cookie. Shorter than the service's leeway, after
 * which the old token would count as stolen.
 */
const KEEP_MS = 5_000;
const ATTEMPTS = 3;
const ATTEMPT_MS = 2_500;

/**
 * Exchanges a refresh token, once for all the requests of a page that carry it: they come in parallel, and on one
 * server. Several servers are no matter either, for the service gives each the same tokens.
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
      // A lost answer or a 5xx: once more with the same token, as the leeway allows. A limit is not pushed against.
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

/** Who really asks; the service believes it from proxies named in TRUST_PROXY. */
export function forwarded(from: Headers): Record<string, string> {
  const kept = ['user-agent', 'x-forwarded-for'].map((name) => [name, from.get(name)] as const);
  return Object.fromEntries(kept.filter((entry): entry is [string, string] => entry[1] !== null));
}
