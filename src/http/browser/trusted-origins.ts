import type { AuthRequest } from '../../transports/auth-request.js';

/**
 * Distinguishes requests from foreign pages from those made by a page of our own or a trusted origin, or by no page.
 * Relies on headers that browsers set and pages cannot: Fetch Metadata (`Sec-Fetch-Site`), otherwise `Origin` compared
 * with `Host`. Never uses `Referer`, which pages can turn off.
 *
 * - A trusted `Origin` is not foreign. `Origin: null` (a sandboxed frame) always is. A page with `Referrer-Policy:
 *   no-referrer` also sends `null` when it posts a form, so a host that posts forms here needs the policy
 *   `same-origin`.
 * - `Sec-Fetch-Site: same-origin` is not foreign; any other value is. `none` means that the user started the request,
 *   for example with a bookmark; such a request never changes anything.
 * - With neither header, the request does not come from a page: with a request that changes something, every current
 *   browser sends `Origin`, and since 2023 also Fetch Metadata over HTTPS. So it comes from `curl` or an app, which no
 *   foreign page controls. A proxy must not remove these headers: only `SameSite` and JSON bodies would be left.
 * - The scheme is not compared, because it is unknown behind a proxy that terminates TLS. If a proxy replaces `Host`,
 *   our own origin looks foreign in browsers without Fetch Metadata: keep `Host`, or list the origin as trusted.
 */
export class TrustedOrigins {
  private readonly origins: ReadonlySet<string>;

  /** @param origins trusted origins in addition to our own, exactly as browsers send them */
  constructor(origins: readonly string[]) {
    this.origins = new Set(origins);
  }

  /** Whether a page of a site that is not trusted has made the request, by its `Origin` and `Sec-Fetch-Site`. */
  isForeign({ headers }: AuthRequest): boolean {
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    if (origin === 'null') return true;
    if (origin !== undefined && this.origins.has(origin)) return false;
    if (site !== undefined) return site !== 'same-origin';
    return origin !== undefined && !isOriginOf(origin, headers[':authority'] ?? headers.host);
  }
}

/** Whether `origin` is the origin of `host` with either scheme; browsers omit a default port. */
function isOriginOf(origin: string, host: string | string[] | undefined): boolean {
  if (typeof host !== 'string') return false;
  return ['http:', 'https:'].some((scheme) => {
    const own = `${scheme}//${host}`;
    return URL.canParse(own) && new URL(own).origin === origin;
  });
}
