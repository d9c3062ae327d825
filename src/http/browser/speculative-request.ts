import type { AuthRequest } from '../shared/auth-request.js';

const HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;

/**
 * Whether the browser only fetches ahead of what the user may do next. Its answer may be thrown away, and with it new
 * cookies.
 */
export function isSpeculative({ headers }: AuthRequest): boolean {
  return HEADERS.some((name) => /prefetch|prerender|preview/i.test(String(headers[name] ?? '')));
}
