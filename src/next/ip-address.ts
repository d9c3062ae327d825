/** Written without `node:net`, because middleware also runs where there is no Node. */
export interface IpAddress {
  /** 128 bits: an IPv4 address as the one it is mapped to in IPv6 (RFC 4291 §2.5.5.2). */
  bits: bigint;
  /** The canonical text (RFC 5952). A mapped IPv4 address in its own notation. */
  text: string;
}

export interface IpRange {
  first: bigint;
  /** How many of the 128 bits are the same in the whole range. */
  length: number;
}

const BITS = 128;
const MAPPED = 0xffffn;
const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** `undefined` for any other text, such as an address with a port, a zone or a blank. */
export function parseIp(text: string): IpAddress | undefined {
  if (IPV4.test(text)) {
    const octets = text.split('.').map(BigInt);
    return { bits: octets.reduce((bits, octet) => (bits << 8n) | octet, MAPPED), text };
  }
  if (!/^[\da-f:.]{2,45}$/i.test(text) || !URL.canParse(`http://[${text}]`)) return undefined;
  const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const bits = bitsOf(canonical);
  return bits >> 32n === MAPPED ? { bits, text: dotted(bits) } : { bits, text: canonical };
}

/**
 * A range such as `10.0.0.0/8`, or a single address. `undefined` for any other text, and for a range that holds all
 * addresses of IPv4 or IPv6.
 */
export function parseRange(text: string): IpRange | undefined {
  const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const ip = parseIp(address);
  if (!ip) return undefined;
  const size = address.includes(':') ? BITS : 32;
  const own = prefix === undefined ? size : Number(prefix);
  const range = { first: ip.bits, length: BITS - size + own };
  return own <= size && !holdsAll(range) ? range : undefined;
}

export function isIn({ first, length }: IpRange, { bits }: Pick<IpAddress, 'bits'>): boolean {
  const rest = BigInt(BITS - length);
  return bits >> rest === first >> rest;
}

function holdsAll(range: IpRange): boolean {
  return range.length === 0 || (range.length <= 96 && isIn(range, { bits: MAPPED << 32n }));
}

/** Of an address as `URL` writes it: hexadecimal groups, with at most one `::`. */
function bitsOf(canonical: string): bigint {
  const [head = [], tail = []] = canonical.split('::').map((half) => half.split(':').filter(Boolean));
  const zeros = Array<string>(8 - head.length - tail.length).fill('0');
  return [...head, ...zeros, ...tail].reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function dotted(bits: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 0xffn).join('.');
}
