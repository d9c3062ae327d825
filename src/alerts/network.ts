import { clientNetwork } from '../events/client-network.js';

/** The network an address is counted as: an IPv4 address itself; for IPv6 its /64, which belongs to one customer. */
export function networkOf(ip: string): string {
  return clientNetwork(ip, 64);
}
