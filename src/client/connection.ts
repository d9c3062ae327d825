import { type Answer, askWith } from './answer.js';
import { type ServerClock, serverClock } from './server-clock.js';

/** An answer, and when its request was sent by the local clock. */
export type SentAnswer = Answer & { sent: number };

/** The connection to the service: its address, how tokens travel, and the time by its clock. */
export interface Connection {
  base: URL;
  inCookies: boolean;
  clock: ServerClock;
  /** Without the session. */
  plainFetch: typeof fetch;
  /** @throws LatchkeyError `NETWORK_ERROR` when no whole answer arrives */
  post(path: string, body: object, signal?: AbortSignal): Promise<SentAnswer>;
}

export function connect(base: URL, inCookies: boolean, plainFetch: typeof fetch): Connection {
  const clock = serverClock();
  return { base, inCookies, clock, plainFetch, post };

  async function post(path: string, body: object, signal?: AbortSignal): Promise<SentAnswer> {
    const sent = Date.now();
    const answer = await askWith(plainFetch, new URL(path, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(inCookies && { 'x-auth-transport': 'cookie' }) },
      body: JSON.stringify(body),
      credentials: inCookies ? 'include' : 'omit',
      // The browser stores the new cookies even when the user leaves the page before the answer arrives.
      keepalive: inCookies,
      // The service never redirects, and nobody else may get the credentials in the body.
      redirect: 'manual',
      signal,
    });
    return { ...answer, sent };
  }
}
