import { readAnswer } from './answer.js';
import type { Connection } from './connection.js';
import type { Renewal } from './renewal.js';
import type { Session } from './shared-session.js';

/** Refusals that a refresh may cure, or else confirms. */
const CURABLE = new Set(['TOKEN_EXPIRED', 'TOKEN_MISSING', 'TOKEN_REVOKED', 'INVALID_TOKEN']);

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

    const session = await upToDate();
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

  return fetchWithSession as typeof fetch;
}
