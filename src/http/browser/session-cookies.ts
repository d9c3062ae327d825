import type { HttpAdapterHost } from '@nestjs/core';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { TokenPair } from '../../tokens/token-types.js';
import type { AuthRequest } from '../shared/auth-request.js';
import type { SiteData } from '../../options/auth-options.js';

export interface CookieSettings {
  secure: boolean;
  sameSite: 'strict' | 'lax' | 'none';
  clearSiteData: readonly SiteData[];
}

/** What the responses of both adapters can do, and the adapters themselves cannot. */
interface HeaderHolder {
  getHeader(name: string): number | string | string[] | undefined;
  removeHeader(name: string): unknown;
}

/** Browsers drop a cookie whose name and value together are longer, without a word (RFC 6265bis §5.7). */
const MAX_COOKIE_BYTES = 4096;

/**
 * The cookie transport: how tokens travel in `HttpOnly` cookies on either HTTP adapter. Guard routes of your own that use
 * it with `JwtAuthGuard` or `CsrfGuard`.
 */
export class SessionCookies {
  /** What the two cookies are called. */
  readonly names: Readonly<{ access: string; refresh: string }>;
  private readonly renewed = new WeakMap<AuthRequest, TokenPair>();

  constructor(
    private readonly settings: CookieSettings,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    // The __Host- prefix makes browsers refuse the cookie from a subdomain or over plain HTTP (RFC 6265bis §4.1.3.2).
    const prefix = settings.secure ? '__Host-' : '';
    this.names = { access: `${prefix}access`, refresh: `${prefix}refresh` };
  }

  /** Sets both cookies; each lives as long as its token. */
  set(response: unknown, tokens: TokenPair): void {
    this.write(response, this.names.access, tokens.accessToken, tokens.expiresIn);
    this.write(response, this.names.refresh, tokens.refreshToken, tokens.refreshExpiresIn);
  }

  /** Sets both cookies, and from now on finds them in the request too. No cache may keep the answer. */
  renew(request: AuthRequest, response: unknown, tokens: TokenPair): void {
    this.set(response, tokens);
    this.renewed.set(request, tokens);
    this.adapterHost.httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
  }

  /** Takes both cookies away. */
  clear(response: unknown): void {
    this.clearAccess(response);
    this.write(response, this.names.refresh, '', 0);
  }

  /** Takes the access cookie away, and leaves the refresh cookie. */
  clearAccess(response: unknown): void {
    this.write(response, this.names.access, '', 0);
  }

  /** After a log-out in a browser: has it forget what else it keeps of this origin, as the options say. */
  clearSiteData(response: unknown): void {
    const kinds = this.settings.clearSiteData.map((kind) => `"${kind}"`).join(', ');
    if (kinds) this.adapterHost.httpAdapter.setHeader(response, 'Clear-Site-Data', kinds);
  }

  /** The access token in its cookie, not verified; of two cookies with that name a text that is no token. */
  accessToken(request: AuthRequest): string | undefined {
    return this.renewed.get(request)?.accessToken ?? this.read(request, this.names.access);
  }

  /** The refresh token in its cookie, as `accessToken` does. */
  refreshToken(request: AuthRequest): string | undefined {
    return this.renewed.get(request)?.refreshToken ?? this.read(request, this.names.refresh);
  }

  /** Whether a request carries either cookie, good or not. */
  presentIn(request: AuthRequest): boolean {
    return (this.accessToken(request) ?? this.refreshToken(request)) !== undefined;
  }

  /**
   * Two cookies of one name mean that somebody else set one of them (cookie tossing): neither is believed, and the
   * request is treated as presenting a token that is not valid. Names and values are taken as they stand: what other
   * parsers trim, unquote or decode is how a foreign cookie comes to pass for ours.
   */
  private read(request: AuthRequest, name: string): string | undefined {
    const header = request.headers.cookie;
    if (!header?.includes(name)) return undefined;
    const count = header.match(pairsNamed(name))?.length ?? 0;
    return count > 1 ? 'ambiguous' : parseCookie(header, { decode: (value) => value })[name] || undefined;
  }

  /** In place of an earlier one of that name: an answer has one line a cookie (RFC 6265 §4.1.1). */
  private write(response: unknown, name: string, value: string, maxAge: number): void {
    if (name.length + value.length > MAX_COOKIE_BYTES)
      throw new Error(
        `The token for the cookie ${name} is too long: browsers would drop it. Add fewer claims.`,
      );
    const { secure, sameSite } = this.settings;
    const cookie = stringifySetCookie({ name, value, maxAge, path: '/', httpOnly: true, secure, sameSite });
    this.forget(response as HeaderHolder, name);
    this.adapterHost.httpAdapter.appendHeader(response, 'Set-Cookie', cookie);
  }

  private forget(response: HeaderHolder, name: string): void {
    const lines = [response.getHeader('Set-Cookie') ?? []].flat().map(String);
    const others = lines.filter((line) => !line.startsWith(`${name}=`));
    if (others.length === lines.length) return;
    response.removeHeader('Set-Cookie');
    for (const line of others) this.adapterHost.httpAdapter.appendHeader(response, 'Set-Cookie', line);
  }
}

/** Around a name only spaces and tabs are dropped (RFC 6265bis §5.6); a pair without `=` has no name. */
function pairsNamed(name: string): RegExp {
  return new RegExp(`(?:^|;)[ \\t]*${name}[ \\t]*=`, 'g');
}
