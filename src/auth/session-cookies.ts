import type { HttpAdapterHost } from '@nestjs/core';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { TokenPair } from '../tokens/token-types.js';
import type { AuthRequest } from './auth-request.js';

export interface CookieSettings {
  secure: boolean;
  sameSite: 'strict' | 'lax' | 'none';
}

/** The cookie transport: how tokens travel in `HttpOnly` cookies on either HTTP adapter. */
export class SessionCookies {
  private readonly names: { access: string; refresh: string };

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

  clear(response: unknown): void {
    this.write(response, this.names.access, '', 0);
    this.write(response, this.names.refresh, '', 0);
  }

  accessToken(request: AuthRequest): string | undefined {
    return this.read(request, this.names.access);
  }

  refreshToken(request: AuthRequest): string | undefined {
    return this.read(request, this.names.refresh);
  }

  /**
   * Two cookies of one name mean that somebody else set one of them (cookie tossing): neither is believed, and the
   * request is treated as presenting a token that is not valid.
   */
  private read(request: AuthRequest, name: string): string | undefined {
    const header = request.headers.cookie;
    if (!header?.includes(name)) return undefined;
    const count = header.split(';').filter((pair) => pair.split('=', 1)[0]!.trim() === name).length;
    return count > 1 ? 'ambiguous' : parseCookie(header)[name] || undefined;
  }

  private write(response: unknown, name: string, value: string, maxAge: number): void {
    const cookie = stringifySetCookie({ name, value, maxAge, path: '/', httpOnly: true, ...this.settings });
    this.adapterHost.httpAdapter.appendHeader(response, 'Set-Cookie', cookie);
  }
}
