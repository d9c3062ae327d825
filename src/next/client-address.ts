import { stripped } from './cookie-text.js';
import { type IpRange, isIn, parseIp } from './ip-address.js';
import type { LatchkeyNextSettings } from './next-options.js';

/** The functions whose error is on the console. */
const reported = new WeakSet<object>();

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
  const report = (error: unknown) => reportOnce(clientAddress, error);
  try {
    const given = clientAddress(request);
    if (typeof given === 'string') return given;
    void Promise.resolve(given).catch(report); // of an async function, which no type check has refused
  } catch (error) {
    report(error);
  }
  return undefined;
}

/** A fault of the app must not keep users from logging in, nor write a line for each request. */
function reportOnce(clientAddress: object, error: unknown): void {
  if (reported.has(clientAddress)) return;
  reported.add(clientAddress);
  console.error('latchkey/next: clientAddress failed, so the service is told no address.', error);
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
