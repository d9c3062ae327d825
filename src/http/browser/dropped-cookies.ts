import type { AuthRequest } from '../../transports/auth-request.js';

/** What decides whether a browser keeps a cookie. */
export interface CookieAttributes {
  secure: boolean;
  sameSite: 'strict' | 'lax' | 'none';
  partitioned?: boolean;
}

/** Browsers may drop a longer cookie, with its attributes (RFC 6265 §6.1). */
const MAX_LINE_BYTES = 4096;

const ADVICE = {
  plainHttp:
    'A login over plain HTTP set Secure cookies, which browsers drop there: serve this app over HTTPS. If a proxy in ' +
    'front of it terminates TLS, trust that proxy (TRUST_PROXY). Over HTTP on a trusted network, turn cookies.secure ' +
    '(COOKIE_SECURE) off.',
  crossSite:
    'A page of another site logged in with SameSite cookies, which browsers drop there: set cookies.sameSite ' +
    '(COOKIE_SAME_SITE) to none, which requires HTTPS, or serve the page and this app from one site.',
  tooLong:
    'A login set a cookie of more than 4096 bytes with its attributes, which some browsers drop: put fewer claims, ' +
    'roles or permissions into the access token.',
  partitionedOnly:
    'The cookies are Partitioned, but browsers send them in frames of other sites only if cookies.sameSite ' +
    '(COOKIE_SAME_SITE) is none: set that, or turn cookies.partitioned (COOKIE_PARTITIONED) off.',
};

type Reason = keyof typeof ADVICE;

/** Warns, once for each reason, when a response sets cookies that the browser will drop without telling anyone. */
export class DroppedCookies {
  private readonly warned = new Set<Reason>();

  constructor(
    private readonly settings: CookieAttributes,
    private readonly warn: (message: string) => void,
  ) {}

  /** @param lines the values of the response's `Set-Cookie` headers */
  check(request: AuthRequest | undefined, lines: readonly string[]): void {
    const { secure, sameSite, partitioned } = this.settings;
    if (secure && request && isPlainHttp(request)) this.report('plainHttp');
    if (sameSite !== 'none' && request && isFromOtherSite(request)) this.report('crossSite');
    if (lines.some((line) => line.length > MAX_LINE_BYTES)) this.report('tooLong');
    if (partitioned && sameSite !== 'none') this.report('partitionedOnly');
  }

  private report(reason: Reason): void {
    if (this.warned.has(reason)) return;
    this.warned.add(reason);
    this.warn(ADVICE[reason]);
  }
}

/** Whether the browser sees an http address other than this machine's. */
function isPlainHttp({ protocol, host, headers }: AuthRequest): boolean {
  const name = host ?? headers.host;
  return protocol === 'http' && name !== undefined && !isLoopback(name) && !mayBeBehindTls(headers);
}

/**
 * A proxy that nobody trusts may terminate TLS: browsers send `Sec-Fetch-Site` only where they see HTTPS (Fetch Metadata
 * §2), and https pages call https only. A browser's login without `Origin` was passed on by a server, such as Next.js.
 */
function mayBeBehindTls({
  origin,
  'sec-fetch-site': site,
  'user-agent': agent = '',
}: AuthRequest['headers']) {
  if (site) return true;
  return origin === undefined ? agent.startsWith('Mozilla/') : origin.startsWith('https:');
}

function isLoopback(host: string): boolean {
  return /^(([\w-]+\.)*localhost|127(\.\d+){3}|\[::1\])(:\d*)?$/i.test(host);
}

/** In a navigation of the whole page, browsers accept SameSite cookies from other sites, too (RFC 6265bis §5.7). */
function isFromOtherSite({ headers }: AuthRequest): boolean {
  if (headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document') return false;
  const site = headers['sec-fetch-site'];
  const isApp = site === undefined && /^(?!https?:|null$)/.test(headers.origin ?? 'null');
  return site === 'cross-site' || isApp;
}
