import type { LatchkeyNextSettings } from './next-options.js';
import { readAnswer } from './service-answer.js';
import { callService } from './service-call.js';

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

  return (refreshToken: string, from: Request): Promise<RefreshOutcome> => {
    const known = outcomes.get(refreshToken);
    if (known) return known;
    const outcome = refresh(refreshToken, from);
    outcomes.set(refreshToken, outcome);
    const forget = () => outcomes.delete(refreshToken);
    outcome.then((made) => (made ? setTimeout(forget, KEEP_MS) : forget()), forget);
    return outcome;
  };

  async function refresh(refreshToken: string, from: Request): Promise<RefreshOutcome> {
    const cookie = `${settings.cookies.refresh}=${refreshToken}`;
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const call = callService('refresh', settings, from, { cookie, body: '{}', timeoutMs: ATTEMPT_MS });
      const response = await call.catch(() => undefined);
      const answer =
        response && (await readAnswer('POST refresh', response, settings.cookies).catch(() => undefined));
      if (answer && (answer.status === 200 || answer.isFinal)) return { setCookies: answer.setCookies };
      // After a lost answer, one that is not the service's, or a 5xx, it retries with the same token, as the leeway
      // allows. After a 429 it does not.
      if (response && response.status >= 400 && response.status < 500) return undefined;
    }
    return undefined;
  }
}
