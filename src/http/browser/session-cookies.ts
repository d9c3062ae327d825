import type { HttpAdapterHost } from '@nestjs/core';
import { parseCookie, stringifySetCookie } from 'cookie';
import { parseSegment } from '../../tokens/compact-jws.js';
import { DEVICE_PROOF_TTL } from '../../tokens/device-proofs.js';
import { longestClaims } from '../../tokens/token-length.js';
import type { TokenPair } from '../../tokens/token-types.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import { type CookieAttributes, DroppedCookies } from './dropped-cookies.js';
import type { SiteData } from '../../options/cookies.options.js';

export interface CookieSettings extends CookieAttributes {
  clearSiteData: readonly SiteData[];
  /** What comes first in the names of the cookies. */
  name?: string;
}

/** What the responses of both adapters support but the adapters themselves do not. */
interface HeaderHolder {
  getHeader(name: string): number | string | string[] | undefined;
  removeHeader(name: string): unknown;
}

/** Browsers silently drop a cookie whose name and value together are longer (RFC 6265bis §5.7). */
const MAX_COOKIE_BYTES = 4096;

/**
 * The cookie transport: sets, reads and clears the tokens in `HttpOnly` cookies, on either HTTP adapter. Protect your
 * own routes that use it with `JwtAuthGuard` or `CsrfGuard`.
 */
export class SessionCookies {
  /** What the cookies are called. */
  readonly names: Readonly<{ access: string; refresh: string; device: string }>;
  private readonly dropped: DroppedCookies;
  private readonly renewed = new WeakMap<AuthRequest, TokenPair>();

  constructor(
    private readonly settings: CookieSettings,
    private readonly adapterHost: HttpAdapterHost,
    warn: (message: string) => void = () => undefined,
  ) {
    this.dropped = new DroppedCookies(settings, warn);
    // With the __Host- prefix, browsers reject the cookie from a subdomain or over plain HTTP (RFC 6265bis §4.1.3.2).
    const prefix = (settings.secure ? '__Host-' : '') + (settings.name ? `${settings.name}-` : '');
    this.names = { access: `${prefix}access`, refresh: `${prefix}refresh`, device: `${prefix}device` };
  }

  /** Longer access tokens do not fit into their cookie: pass this to `TokensService` as `maxAccessTokenLength`. */
  get maxAccessTokenLength(): number {
    return MAX_COOKIE_BYTES - this.names.access.length;
  }

  /**
   * Sets both cookies; each expires with its token. Warns in the log, once, if browsers will drop them.
   * @throws Error when a token is longer than a cookie may be; it names the longest claims
   */
  set(response: unknown, tokens: TokenPair): void {
    const lines = [
      this.write(response, this.names.access, tokens.accessToken, tokens.expiresIn),
      this.write(response, this.names.refresh, tokens.refreshToken, tokens.refreshExpiresIn),
    ];
    this.dropped.check(requestOf(response), lines);
  }

  /** Sets the proof that this browser has signed in before. It stays after a logout. */
  setDevice(response: unknown, proof: string): void {
    this.write(response, this.names.device, proof, DEVICE_PROOF_TTL);
  }

  /** Tells a client without cookies the same, in the header `X-Device-Proof`. */
  tellDevice(response: unknown, proof: string): void {
    this.adapterHost.httpAdapter.setHeader(response, 'X-Device-Proof', proof);
  }

  /** Sets the access cookie only. @throws Error as {@link set} does */
  setAccess(response: unknown, { accessToken, expiresIn }: TokenPair): void {
    this.write(response, this.names.access, accessToken, expiresIn);
  }

  /** Like {@link set}; also makes the request read the new tokens from now on, and the response `no-store`. */
  renew(request: AuthRequest, response: unknown, tokens: TokenPair): void {
    this.set(response, tokens);
    this.renewed.set(request, tokens);
    this.adapterHost.httpAdapter.setHeader(response, 'Cache-Control', 'no-store');
  }

  /** Clears both cookies of the session. */
  clear(response: unknown): void {
    this.clearAccess(response);
    this.write(response, this.names.refresh, '', 0);
  }

  /** Clears the access cookie only. */
  clearAccess(response: unknown): void {
    this.write(response, this.names.access, '', 0);
  }

  /** After a logout, tells the browser to delete other data of this origin, as configured (`Clear-Site-Data`). */
  clearSiteData(response: unknown): void {
    const kinds = this.settings.clearSiteData.map((kind) => `"${kind}"`).join(', ');
    if (kinds) this.adapterHost.httpAdapter.setHeader(response, 'Clear-Site-Data', kinds);
  }

  /**
   * Returns the access token in its cookie, unverified; `undefined` without the cookie. If there are two cookies with
   * that name, returns a text that is not a valid token.
   */
  accessToken(request: AuthRequest): string | undefined {
    return this.renewed.get(request)?.accessToken ?? this.read(request, this.names.access);
  }

  /** Returns the refresh token in its cookie, like {@link accessToken}. */
  refreshToken(request: AuthRequest): string | undefined {
    return this.renewed.get(request)?.refreshToken ?? this.read(request, this.names.refresh);
  }

  /** Returns the proof in the cookie that {@link setDevice} sets, like {@link accessToken}. */
  deviceProof(request: AuthRequest): string | undefined {
    return this.read(request, this.names.device);
  }

  /** Whether a request carries either cookie, valid or not. */
  presentIn(request: AuthRequest): boolean {
    return (this.accessToken(request) ?? this.refreshToken(request)) !== undefined;
  }

  /**
   * Two cookies with the same name mean that someone else set one of them (cookie tossing): neither is trusted, and the
   * request is treated as if it carried an invalid token. Names and values are compared literally: trimming, unquoting
   * or decoding them, as other parsers do, could let a foreign cookie pass for ours.
   */
  private read(request: AuthRequest, name: string): string | undefined {
    const header = request.headers.cookie;
    if (!header?.includes(name)) return undefined;
    return countIn(header, name) > 1
      ? 'ambiguous'
      : parseCookie(header, { decode: (value) => value })[name] || undefined;
  }

  /**
   * Replaces an earlier cookie of that name: a response sets each cookie only once (RFC 6265 §4.1.1). If the request had
   * two of that name, one may date from before `partitioned` was turned on or off. To the browser that is another cookie,
   * which has to be cleared too: with both of them, nobody could log in anymore.
   */
  private write(response: unknown, name: string, value: string, maxAge: number): string {
    const { secure, partitioned } = this.settings;
    const line = this.line(name, value, maxAge, partitioned);
    const isTwice = secure && countIn(requestOf(response)?.headers.cookie ?? '', name) > 1;
    this.forget(response as HeaderHolder, name);
    for (const each of isTwice ? [this.line(name, '', 0, !partitioned), line] : [line])
      this.adapterHost.httpAdapter.appendHeader(response, 'Set-Cookie', each);
    return line;
  }

  private line(name: string, value: string, maxAge: number, partitioned?: boolean): string {
    if (name.length + value.length > MAX_COOKIE_BYTES)
      throw new Error(
        `The token for the cookie ${name} is too long: browsers would drop it. ` +
          `It has ${value.length} characters: ${longestClaims(parseSegment(value.split('.')[1] ?? '') ?? {})}`,
      );
    const { secure, sameSite } = this.settings;
    return stringifySetCookie({
      name,
      value,
      maxAge,
      path: '/',
      httpOnly: true,
      secure,
      sameSite,
      partitioned,
    });
  }

  private forget(response: HeaderHolder, name: string): void {
    const lines = [response.getHeader('Set-Cookie') ?? []].flat().map(String);
    const others = lines.filter((line) => !line.startsWith(`${name}=`));
    if (others.length === lines.length) return;
    response.removeHeader('Set-Cookie');
    for (const line of others) this.adapterHost.httpAdapter.appendHeader(response, 'Set-Cookie', line);
  }
}

/** The request of a response, on either adapter. */
function requestOf(response: unknown): AuthRequest | undefined {
  const { request, req } = response as { request?: AuthRequest; req?: AuthRequest };
  return request ?? req;
}

function countIn(header: string, name: string): number {
  return header.match(pairsNamed(name))?.length ?? 0;
}

/** Only spaces and tabs are stripped around a name (RFC 6265bis §5.6); a pair without `=` has no name. */
function pairsNamed(name: string): RegExp {
  return new RegExp(`(?:^|;)[ \\t]*${name}[ \\t]*=`, 'g');
}
