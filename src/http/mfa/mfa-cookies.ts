import type { HttpAdapterHost } from '@nestjs/core';
import { parseCookie, stringifySetCookie } from 'cookie';
import { ticketLifetime, type TicketPurpose } from '../../mfa/mfa-tickets.js';
import type { AuthRequest } from '../../transports/auth-request.js';
import type { CookieSettings } from '../browser/session-cookies.js';

/** The cookies of logins with a second factor: the ticket, and the secret of a device that is trusted. */
export class MfaCookies {
  private readonly names: { ticket: string; trusted: string };

  /** @param trustedLifetime seconds */
  constructor(
    private readonly settings: CookieSettings,
    private readonly adapterHost: HttpAdapterHost,
    private readonly trustedLifetime: number,
  ) {
    const prefix = `${settings.secure ? '__Host-' : ''}${settings.name ? `${settings.name}-` : ''}`;
    this.names = { ticket: `${prefix}mfa`, trusted: `${prefix}trusted` };
  }

  setTicket(response: unknown, ticket: string, purpose: TicketPurpose): void {
    this.write(response, this.names.ticket, ticket, ticketLifetime(purpose));
  }

  /** For a login that has ended: nothing is left for which the ticket in the browser could be meant. */
  forgetTicket(request: AuthRequest, response: unknown): void {
    if (countIn(request, this.names.ticket) > 0) this.write(response, this.names.ticket, '', 0);
  }

  ticket(request: AuthRequest): string | undefined {
    return this.read(request, this.names.ticket);
  }

  /** Stays after a logout. */
  setTrustedDevice(response: unknown, secret: string): void {
    this.write(response, this.names.trusted, secret, this.trustedLifetime);
  }

  trustedDevice(request: AuthRequest): string | undefined {
    return this.read(request, this.names.trusted);
  }

  /** `undefined` without the cookie, and if there are two: then somebody else set one of them. */
  private read(request: AuthRequest, name: string): string | undefined {
    if (countIn(request, name) !== 1) return undefined;
    return parseCookie(request.headers.cookie ?? '', { decode: (value) => value })[name] || undefined;
  }

  private write(response: unknown, name: string, value: string, maxAge: number): void {
    const { secure, sameSite, partitioned } = this.settings;
    const attributes = { path: '/', httpOnly: true, secure, sameSite, partitioned };
    const line = stringifySetCookie({ name, value, maxAge, ...attributes });
    this.adapterHost.httpAdapter.appendHeader(response, 'Set-Cookie', line);
  }
}

function countIn({ headers }: AuthRequest, name: string): number {
  const pairs = (headers.cookie ?? '').split(';');
  return pairs.filter((pair) => pair.trim().startsWith(`${name}=`)).length;
}
