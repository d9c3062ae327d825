import { clientHeaders } from './client-address.js';
import type { LatchkeyNextSettings } from './next-options.js';

/** What a call sends to the service. */
export interface Sent {
  headers?: Record<string, string>;
  cookie?: string;
  /** Not for `GET`. */
  body?: string;
  /** Default `POST`. */
  method?: string;
  /** After this time without a complete answer, the call fails. */
  timeoutMs: number;
}

/**
 * Calls the service in the name of a browser. A redirect is not followed: the service sends none, and whoever does would
 * get the password or the refresh token.
 */
export function callService(
  /** Below `/auth`. */
  path: string,
  settings: LatchkeyNextSettings,
  from: Request,
  { headers, cookie, body, method = 'POST', timeoutMs }: Sent,
): Promise<Response> {
  return fetch(new URL(`auth/${path}`, settings.url), {
    method,
    headers: {
      ...clientHeaders(from, settings),
      'content-type': 'application/json',
      ...headers,
      ...(cookie && { cookie }),
    },
    body,
    cache: 'no-store',
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMs),
  } as RequestInit);
}
