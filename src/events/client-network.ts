import { isIPv4, isIPv6 } from 'node:net';

/** The first 96 bits of an IPv4 address that is written as IPv6. */
const MAPPED = ['0', '0', '0', '0', '0', 'ffff'];

/**
 * Returns the IPv6 network with this prefix that an address belongs to, such as `2001:db8:1:200::/56`; an IPv4 address,
 * even one written as IPv6, is returned as it is. One customer usually has a /64, a /56 or a /48.
 */
export function clientNetwork(ip: string, prefix: 32 | 48 | 56 | 64): string {
  const [address = ''] = ip.split('%');
  if (!isIPv6(address)) return ip;
  const groups = groupsOf(address);
  if (MAPPED.every((group, index) => groups[index] === group)) return embeddedIPv4(groups);
  const kept = groups.slice(0, Math.ceil(prefix / 16));
  if (prefix === 56) kept[3] = (Number.parseInt(kept[3]!, 16) & 0xff00).toString(16);
  return `${kept.join(':')}::/${prefix}`;
}

/**
 * Returns the smallest network that is usually announced on its own: an IPv6 /32 or an IPv4 /24. Whoever rents one has
 * all its addresses.
 */
export function providerNetwork(ip: string): string {
  const network = clientNetwork(ip, 32);
  return isIPv4(network) ? network.replace(/\d+$/, '0/24') : network;
}

/** The eight groups of an address, without leading zeros and in lower case. */
function groupsOf(address: string): string[] {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0');
  return [...left, ...zeros, ...right];
}

function embeddedIPv4(groups: readonly string[]): string {
  const bytes = groups.slice(6).flatMap((group) => {
    const number = Number.parseInt(group, 16);
    return [number >> 8, number & 0xff];
  });
  return bytes.join('.');
}
