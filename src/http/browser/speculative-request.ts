const HEADERS = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/**
 * Whether the browser is only fetching ahead, by the headers of its request. The answer may be thrown away, along with
 * any new cookies it sets.
 */
export function isSpeculative(header: (name: string) => unknown): boolean {
  return HEADERS.some((name) => /prefetch|prerender|preview/i.test(String(header(name) ?? '')));
}
