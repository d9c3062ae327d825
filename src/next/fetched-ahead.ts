import { isSpeculative } from '../http/browser/speculative-request.js';

/** Set by Next's router. Next hides them from middleware, but not from the `matcher` or from other servers. */
const ROUTER_HEADERS = ['next-router-prefetch', 'x-middleware-prefetch'];

/** Whether a page is only being fetched ahead, by the browser or by Next's router. */
export function isFetchedAhead(headers: Headers): boolean {
  return isSpeculative((name) => headers.get(name)) || ROUTER_HEADERS.some((name) => headers.has(name));
}
