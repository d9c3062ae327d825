import { isCurable, readAnswer } from './answer.js';
import { withinOptions } from './call-options.js';
import type { Connection } from './connection.js';
import type { Renewal } from './renewal.js';
import type { Session } from './session-state.js';

/** `fetch` with the session for requests to the service's origin, and the plain `fetch` for all others. */
export function sessionFetch(
  { base, clock, inCookies, plainFetch }: Connection,
  { upToDate, renew }: Renewal,
): typeof fetch {
  async function send(request: Request, { accessToken }: Session): Promise<Response> {
    if (inCookies) return plainFetch(new Request(request, { credentials: 'include' }));
    if (accessToken) request.headers.set('authorization', `Bearer ${accessToken}`);
    return plainFetch(request);
  }

  async function fetchWithSession(input: Parameters<typeof fetch>[0], init?: RequestInit): Promise<Response> {
    const request = new Request(input instanceof Request ? input : new URL(input, base), init);
    const foreign = new URL(request.url).origin !== base.origin;
    if (foreign || request.headers.has('authorization')) return plainFetch(request);

    const session = await withinOptions(upToDate, request);
    const again = request.clone();
    const sent = Date.now();
    const response = await send(request, session);
    if (response.status !== 401) return response;
    const answer = await readAnswer(response.clone()).catch(() => {});
    if (!answer || !isCurable(answer)) return response;
    clock.learn(response, sent);
    const renewed = await withinOptions(() => renew(session), request);
    return renewed.signedIn && renewed.version !== session.version ? send(again, renewed) : response;
  }

  return fetchWithSession as typeof fetch;
}
