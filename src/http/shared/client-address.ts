import { isIP } from 'node:net';
import type { AuthRequest } from './auth-request.js';

/** The longest an IPv6 address is written, an IPv4 part in it included; a zone after it may be any text. */
const MAX_LENGTH = 45;

/**
 * The client's IP address. What a trusted proxy wrote may have a port behind it, or be no address at all when the proxy
 * passed a client's own header on: then it is the address of the proxy itself.
 */
export function clientAddress({ ip = '', socket, raw }: AuthRequest): string | undefined {
  const [, v4, v6] = /^(?:([\d.]+)|\[([\da-f:.]+)\]):\d{1,5}$/i.exec(ip) ?? [];
  const address = v4 ?? v6 ?? ip;
  const isAddress = address.length <= MAX_LENGTH && isIP(address) !== 0;
  return isAddress ? address : (socket ?? raw?.socket)?.remoteAddress;
}
