import { BlockList, isIPv6 } from 'node:net';

/**
 * IPv4 ranges outside the public internet (IANA special-purpose registry). In IPv6 only 2000::/3 is public, so
 * IPv4-mapped addresses never are.
 */
const NOT_PUBLIC_V4: [string, number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
];

/** Within 2000::/3: protocol assignments with Teredo, documentation, and 6to4, which embeds IPv4 addresses. */
const NOT_PUBLIC_V6: [string, number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

const v4 = listOf(NOT_PUBLIC_V4, 'ipv4');
const v6 = listOf(NOT_PUBLIC_V6, 'ipv6');
const globalUnicast = listOf([['2000::', 3]], 'ipv6');
const loopback = listOf([['127.0.0.0', 8]], 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Whether an IP address is on the public internet: not private, loopback, link-local, shared, mapped or reserved. */
export function isPublicAddress(ip: string): boolean {
  return isIPv6(ip) ? globalUnicast.check(ip, 'ipv6') && !v6.check(ip, 'ipv6') : !v4.check(ip, 'ipv4');
}

/** Whether an IP address, IPv4 or IPv6, is this machine itself. */
export function isLoopback(ip: string): boolean {
  return loopback.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');
}

function listOf(ranges: [string, number][], type: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [address, bits] of ranges) list.addSubnet(address, bits, type);
  return list;
}
