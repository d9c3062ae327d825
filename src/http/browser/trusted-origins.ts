import type { AuthRequest } from '../shared/auth-request.js';

/**
 * Tells requests made by a page of our own origin or of a trusted one, or by no page at all, from those of foreign pages.
 * Decided by what browsers say and pages cannot write: Fetch Metadata (`Sec-Fetch-Site`), else `Origin` against the `Host`
 * asked for. `Referer` is never used: pages can turn it off.
 *
 * - A trusted `Origin` is not foreign. `Origin: null` (a sandboxed frame) always is. A page under `Referrer-Policy:
 *   no-referrer` says `null` too when it posts a form, so a host whose own forms come here wants the policy `same-origin`.
 * - `Sec-Fetch-Site: same-origin` is not foreign; any other value is. `none` is what a user starts, such as a bookmark, and
 *   that is never a request that changes something.
 * - With neither header it is no page: every browser in use sends one of the two with a request that changes something,
 *   `Origin` always, and since 2023 Fetch Metadata over HTTPS. So this is `curl` or an app, which no foreign page can steer.
 *   A proxy in front must not take these headers away; where one does, `SameSite` and JSON bodies are what is left.
 * - The scheme is not compared: behind a proxy that ends TLS we do not know it. A proxy that replaces `Host` makes our own
 *   origin foreign to browsers without Fetch Metadata: it must keep `Host`, or the origin be listed as trusted.
 */
export class TrustedOrigins {
  private readonly origins: ReadonlySet<string>;

  /** @param origins exactly as browsers send them, besides our own */
  constructor(origins: readonly string[]) {
    this.origins = new Set(origins);
  }

  isForeign({ headers }: AuthRequest): boolean {
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    if (origin === 'null') return true;
    if (origin !== undefined && this.origins.has(origin)) return false;
    if (site !== undefined) return site !== 'same-origin';
    return origin !== undefined && !isOriginOf(origin, headers[':authority'] ?? headers.host);
  }
}

/** Whether a browser's `Origin` is that of the host it asked, by either scheme; a default port may be left out of it. */
function isOriginOf(origin: string, host: string | string[] | undefined): boolean {
  if (typeof host !== 'string') return false;
  return ['http:', 'https:'].some((scheme) => {
    const own = `${scheme}//${host}`;
    return URL.canParse(own) && new URL(own).origin === origin;
  });
}
