import { stripped } from './cookie-text.js';
import { type IpRange, isIn, parseIp } from './ip-address.js';
import type { LatchkeyNextSettings } from './next-options.js';

/**
 * The headers that tell the service who really sent a request. It trusts the address from the proxies in `TRUST_PROXY`,
 * so none is passed on that the client could have chosen: neither its `X-Forwarded-For` nor any header like it.
 */
export function clientHeaders(request: Request, settings: LatchkeyNextSettings): Record<string, string> {
  const agent = request.headers.get('user-agent');
  const address = parseIp(addressOf(request, settings) ?? '')?.text;
  return { ...(agent !== null && { 'user-agent': agent }), ...(address && { 'x-forwarded-for': address }) };
}

function addressOf(request: Request, { clientAddress, trustedProxies }: LatchkeyNextSettings) {
  if (!clientAddress) return addressBehind(trustedProxies, request.headers.get('x-forwarded-for'));
  const given: unknown = clientAddress(request);
  return typeof given === 'string' ? given : undefined;
}

/**
 * Each proxy appends the address that it was called from, so everything to the left of the first address that is no
 * trusted proxy, seen from the right, is what the client wrote. The address that called this server is not in the list:
 * Next does not tell it. Without trusted proxies, nobody is believed.
 */
function addressBehind(proxies: IpRange[], header: string | null): string | undefined {
  if (proxies.length === 0) return undefined;
  for (const entry of (header ?? '').split(',').toReversed()) {
    const ip = parseIp(stripped(entry));
    if (!ip) return undefined;
    if (!proxies.some((range) => isIn(range, ip))) return ip.text;
  }
  return undefined;
}
