const HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;
/** Of Next's own router. It keeps them from a middleware, but not from the `matcher` or from servers that are not its own. */
const ROUTER_HEADERS = ['next-router-prefetch', 'x-middleware-prefetch'] as const;

/** Whether a page is only fetched ahead of what the user may do next: its answer may be thrown away, with new cookies. */
export function isSpeculative(headers: Headers): boolean {
  return (
    HEADERS.some((name) => /prefetch|prerender|preview/i.test(headers.get(name) ?? '')) ||
    ROUTER_HEADERS.some((name) => headers.has(name))
  );
}
