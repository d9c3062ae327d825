import type { HttpAdapterHost } from '@nestjs/core';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { CookieSettings } from '../browser/session-cookies.js';

const LIFETIME_SECONDS = 86_400;

/** Marks the browser in which a registration began, so that it may confirm it without the password. */
export class BindingCookie {
  private readonly name: string;

  constructor(
    private readonly settings: CookieSettings,
    private readonly adapterHost: HttpAdapterHost,
  ) {
    const { secure, name } = settings;
    this.name = `${secure ? '__Host-' : ''}${name ? `${name}-` : ''}registration`;
  }

  set(response: unknown, secret: string): void {
    this.write(response, secret, LIFETIME_SECONDS);
  }

  clear(response: unknown): void {
    this.write(response, '', 0);
  }

  /** `undefined` without the cookie, and if there are two: then somebody else set one of them. */
  read(request: AuthRequest): string | undefined {
    const header = request.headers.cookie ?? '';
    const isTwice = header.split(';').filter((pair) => pair.trim().startsWith(`${this.name}=`)).length > 1;
    return isTwice ? undefined : parseCookie(header, { decode: (value) => value })[this.name] || undefined;
  }

  private write(response: unknown, value: string, maxAge: number): void {
    const { secure, sameSite, partitioned } = this.settings;
    const attributes = { path: '/', httpOnly: true, secure, sameSite, partitioned };
    const line = stringifySetCookie({ name: this.name, value, maxAge, ...attributes });
    this.adapterHost.httpAdapter.appendHeader(response, 'Set-Cookie', line);
  }
}
