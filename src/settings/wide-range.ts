import { BlockList, isIP } from 'node:net';

/** Ranges as short as these cover more than any one operator has, by IP version. */
const WIDEST = { 4: 8, 6: 16 };
/** The length of the prefixes under which IPv6 contains all of IPv4. */
const EMBEDDED = 96;
/** One address of each: mapped, compatible (RFC 4291 §2.5.5), and behind a NAT64 (RFC 6052 §2.1). */
const IPV4_IN_IPV6 = ['::ffff:8.8.8.8', '::8.8.8.8', '64:ff9b::8.8.8.8'];

const own = new BlockList();
for (const range of ['10.0.0.0', '127.0.0.0']) own.addSubnet(range, 8, 'ipv4');
own.addSubnet('fc00::', 7, 'ipv6');

const mapped = new BlockList();
mapped.addSubnet('::ffff:0:0', EMBEDDED, 'ipv6');

/**
 * Whether a range such as `0.0.0.0/1` certainly contains addresses of others: one so short that no operator has it, or
 * one in IPv6 that contains all of IPv4. Private ranges are the operator's own.
 */
export function isWideRange(cidr: string): boolean {
  const [address = '', length = ''] = cidr.split('/');
  const bits = Number(length);
  if (isIP(address) === 4) return isWide(address, bits, WIDEST[4]);
  if (mapped.check(address, 'ipv6') && bits > EMBEDDED) return isWide(address, bits - EMBEDDED, WIDEST[4]);
  const range = new BlockList();
  range.addSubnet(address, bits, 'ipv6');
  return IPV4_IN_IPV6.some((each) => range.check(each, 'ipv6')) || isWide(address, bits, WIDEST[6]);
}

function isWide(address: string, bits: number, widest: number): boolean {
  if (bits > widest) return false;
  return bits < shortestOwn(address) || !own.check(address, isIP(address) === 4 ? 'ipv4' : 'ipv6');
}

/** A private range may be named as a whole, but not together with its neighbors. */
function shortestOwn(address: string): number {
  return /^f/i.test(address) ? 7 : 8;
}
