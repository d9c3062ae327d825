import { isIP } from 'node:net';
import type { AuthRequest } from '../../transports/auth-request.js';

/** The maximum length of a written IPv6 address, including an IPv4 part; a zone after it could be any text. */
const MAX_LENGTH = 45;

/**
 * Returns the client's IP address, without the port that a trusted proxy may have appended. If `request.ip` is not an
 * address, because a proxy passed on a header from the client, returns the address of the proxy itself.
 */
export function clientAddress({ ip = '', socket, raw }: AuthRequest): string | undefined {
  const [, v4, v6] = /^(?:([\d.]+)|\[([\da-f:.]+)\]):\d{1,5}$/i.exec(ip) ?? [];
  const address = v4 ?? v6 ?? ip;
  const isAddress = address.length <= MAX_LENGTH && isIP(address) !== 0;
  return isAddress ? address : (socket ?? raw?.socket)?.remoteAddress;
}
