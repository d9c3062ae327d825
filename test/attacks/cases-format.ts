import { constants, createHash, privateEncrypt } from 'node:crypto';
import { type Attack, encode, type Forger, signed, signedText } from './forge.js';

const parts = ({ token }: Forger) => token.split('.') as [string, string, string];
const bytes = (text: string) => Buffer.from(text, 'base64url');

const signature = (change: (signature: Buffer) => Buffer) => (forger: Forger) => {
  const [header, payload, text] = parts(forger);
  return [header, payload, encode(change(bytes(text)))].join('.');
};

const inSegment = (index: 0 | 1 | 2, change: (segment: string) => string) => (forger: Forger) =>
  parts(forger)
    .map((segment, i) => (i === index ? change(segment) : segment))
    .join('.');

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** The same bytes with the unused bits of the last character changed; without unused bits, another last character. */
function respelt(segment: string): string {
  const last = ALPHABET.indexOf(segment.at(-1)!);
  return segment.slice(0, -1) + ALPHABET[last ^ 1];
}

const isEc = (algorithm: string) => algorithm.startsWith('ES');
const P256_ORDER = BigInt('0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');

function twin(signature: Buffer): Buffer {
  const s = P256_ORDER - BigInt(`0x${signature.subarray(32).toString('hex')}`);
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(s.toString(16).padStart(64, '0'), 'hex')]);
}

const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** RFC 8032 §5.1.7: S must be below the order of the group. */
function malleated(signature: Buffer): Buffer {
  const littleEndian = Buffer.from(signature.subarray(32)).toReversed();
  const s = (BigInt(`0x${Buffer.from(littleEndian).toString('hex')}`) + ED25519_ORDER)
    .toString(16)
    .padStart(64, '0');
  return Buffer.concat([signature.subarray(0, 32), Buffer.from(Buffer.from(s, 'hex').toReversed())]);
}

const SHA256_INFO = '3031300d060960864801650304020105000420';

/** Signatures made with the right key over an encoding that deviates slightly from RFC 8017 §9.2. */
const paddingCases: Attack[] = Object.entries({
  'shortened padding, and bytes after the hash': (hash: string) =>
    `0001${'ff'.repeat(8)}00${SHA256_INFO}${hash}`.padEnd(768, '0'),
  'another byte in the padding': (hash: string) => pkcs1(SHA256_INFO, hash).replace('ff', 'fe'),
  'block type 2': (hash: string) => pkcs1(SHA256_INFO, hash).replace('0001', '0002'),
  'no NULL parameter': (hash: string) => pkcs1('302f300b06096086480165030402010420', hash),
  'the name of another hash': (hash: string) => pkcs1(SHA256_INFO.replace('020105', '020305'), hash),
  'the hash alone': (hash: string) => pkcs1('', hash),
}).map(([name, encoding]) => ({
  case: 18,
  name,
  only: (algorithm) => algorithm === 'RS256',
  forge: (f) => {
    const [header, payload] = parts(f);
    const hash = createHash('sha256').update(`${header}.${payload}`).digest('hex');
    const options = { key: f.key.privateKey, padding: constants.RSA_NO_PADDING };
    return `${header}.${payload}.${encode(privateEncrypt(options, Buffer.from(encoding(hash), 'hex')))}`;
  },
}));

/** As hexadecimal text, for the 3072 bits of a new key. */
function pkcs1(info: string, hash: string): string {
  return `0001${'ff'.repeat(384 - 3 - (info.length + hash.length) / 2)}00${info}${hash}`;
}

/** Tokens that are not a compact JWS in its canonical form, or whose signature is malformed. */
export const formatCases: Attack[] = [
  { case: 2, name: 'signature removed', forge: (f) => parts(f).slice(0, 2).join('.') },
  { case: 2, name: 'signature empty', forge: (f) => `${parts(f).slice(0, 2).join('.')}.` },
  { case: 2, name: 'signature one byte too short', forge: signature((s) => s.subarray(0, -1)) },
  { case: 2, name: 'signature one byte too long', forge: signature((s) => Buffer.concat([s, Buffer.of(0)])) },
  { case: 15, name: 'signature of zeros', forge: signature((s) => Buffer.alloc(s.length)) },
  { case: 15, name: 'signature of ones', forge: signature((s) => Buffer.alloc(s.length, 0xff)) },
  {
    case: 15,
    name: 'r = s = n',
    only: isEc,
    forge: signature(() => Buffer.from(P256_ORDER.toString(16).repeat(2), 'hex')),
  },
  { case: 15, name: 'r of 63 bytes', only: isEc, forge: signature((s) => s.subarray(1)) },
  {
    case: 15,
    name: 'DER instead of raw',
    only: isEc,
    forge: signature((s) =>
      Buffer.concat([Buffer.of(0x30, 0x44, 2, 0x20), s.subarray(0, 32), Buffer.of(2, 0x20), s.subarray(32)]),
    ),
  },
  // As valid as the original: same claims, same jti, and revoked together with it.
  { case: 16, name: 'the twin signature n - s', only: isEc, forge: signature(twin), expect: 'accepted' },
  { case: 17, name: 'S + L', only: (algorithm) => algorithm === 'EdDSA', forge: signature(malleated) },
  {
    case: 17,
    name: 'small-order R',
    only: (algorithm) => algorithm === 'EdDSA',
    forge: signature((s) => Buffer.concat([Buffer.of(1), Buffer.alloc(31), s.subarray(32)])),
  },
  {
    case: 18,
    name: 'malformed PKCS #1 padding',
    only: (algorithm) => algorithm === 'RS256',
    forge: signature((s) => Buffer.concat([s.subarray(0, -1), Buffer.of(s.at(-1)! ^ 1)])),
  },
  ...paddingCases,
  ...([0, 1, 2] as const).flatMap((index) =>
    [
      ['=', (s: string) => `${s}=`],
      ['==', (s: string) => `${s}==`],
      ['a space', (s: string) => `${s} `],
      ['a leading space', (s: string) => ` ${s}`],
      ['a line break', (s: string) => `${s}\n`],
      ['a tab inside', (s: string) => `${s.slice(0, 4)}\t${s.slice(4)}`],
      ['+ and / ', (s: string) => `${s.slice(0, -2)}+/`],
      ['different trailing bits', respelt],
    ].map(([what, change]): Attack => ({
      case: 19,
      name: `segment ${index + 1} with ${what as string}`,
      forge: inSegment(index, change as (segment: string) => string),
    })),
  ),
  { case: 20, name: 'four segments', forge: (f) => `${f.token}.${parts(f)[2]}` },
  { case: 20, name: 'five segments', forge: (f) => `${f.token}.a.b` },
  { case: 20, name: 'a leading dot', forge: (f) => `.${f.token}` },
  { case: 20, name: 'a trailing dot', forge: (f) => `${f.token}.` },
  { case: 20, name: 'a thousand dots', forge: () => '.'.repeat(1000) },
  { case: 20, name: 'a hundred thousand dots', forge: () => '.'.repeat(100_000) },
  { case: 20, name: 'one segment', forge: () => 'abc' },
  {
    case: 21,
    name: 'JSON serialization, flattened',
    forge: (f) => {
      const [header, payload, text] = parts(f);
      return JSON.stringify({ protected: header, payload, signature: text });
    },
  },
  {
    case: 21,
    name: 'JSON serialization, general',
    forge: (f) => {
      const [header, payload, text] = parts(f);
      return JSON.stringify({ payload, signatures: [{ protected: header, signature: text }] });
    },
  },
  ...[
    { alg: 'dir', enc: 'A128GCM' },
    { alg: 'RSA1_5', enc: 'A128CBC-HS256' },
    { alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 2 ** 31 - 1, p2s: 'AAAA' },
    { alg: 'dir', enc: 'A128GCM', zip: 'DEF' },
    { alg: 'ECDH-ES', enc: 'A128GCM', epk: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } },
  ].map((header): Attack => ({
    case: 22,
    name: `JWE with ${header.alg}${header.zip ? ' and zip' : ''}`,
    forge: () => [encode(JSON.stringify(header)), '', 'AAAA', 'AAAA', 'AAAA'].join('.'),
  })),
  {
    case: 23,
    name: 'a token inside a token',
    forge: (f) => signedText(f, JSON.stringify(f.header), f.token),
  },
  {
    case: 26,
    name: 'over 8 kB',
    forge: (f) => signed(f, f.header, { ...f.claims, filler: 'x'.repeat(9000) }),
  },
  {
    case: 26,
    name: 'a header nested a thousand times',
    forge: (f) => signedText(f, `${'['.repeat(1000)}${']'.repeat(1000)}`, JSON.stringify(f.claims)),
  },
  {
    case: 26,
    name: 'a header nested ten thousand times',
    forge: (f) => signedText(f, `${'['.repeat(10_000)}${']'.repeat(10_000)}`, JSON.stringify(f.claims)),
  },
  {
    case: 26,
    name: 'a number of a million digits',
    forge: (f) => signedText(f, JSON.stringify(f.header), `{"exp":${'9'.repeat(1_000_000)}}`),
  },
  {
    case: 26,
    name: 'a number of five thousand digits',
    forge: (f) => signedText(f, JSON.stringify(f.header), `{"exp":${'9'.repeat(5000)}}`),
  },
  {
    case: 27,
    name: 'a signature by an unknown key',
    forge: (f) => signed({ ...f, key: f.foreign }, f.header, f.claims),
  },
];
