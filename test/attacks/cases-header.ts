import { createHmac } from 'node:crypto';
import { type Attack, encode, type Forger, signed, signedText, without, withHeader } from './forge.js';

const unsigned = (alg: unknown) => (f: Forger) =>
  `${encode(JSON.stringify({ ...f.header, alg }))}.${encode(JSON.stringify(f.claims))}.`;

/** What the app's public key may look like to somebody who uses it as a shared secret. */
const SPELLINGS: Record<string, (f: Forger) => string | Buffer> = {
  PEM: ({ key }) => key.publicKey.export({ type: 'spki', format: 'pem' }),
  'PEM without the last line break': ({ key }) =>
    (key.publicKey.export({ type: 'spki', format: 'pem' }) as string).trim(),
  'PEM with CRLF': ({ key }) =>
    (key.publicKey.export({ type: 'spki', format: 'pem' }) as string).replaceAll('\n', '\r\n'),
  DER: ({ key }) => key.publicKey.export({ type: 'spki', format: 'der' }),
  JWK: ({ key }) => JSON.stringify(key.publicKey.export({ format: 'jwk' })),
  'the raw x': ({ key }) => Buffer.from(key.publicKey.export({ format: 'jwk' }).x ?? 'AA', 'base64url'),
};

function hmac(f: Forger, secret: string | Buffer, header: object = f.header): string {
  const input = `${encode(JSON.stringify({ ...header, alg: 'HS256' }))}.${encode(JSON.stringify(f.claims))}`;
  return `${input}.${encode(createHmac('sha256', secret).update(input).digest())}`;
}

const isPair = (algorithm: string) => !algorithm.startsWith('HS');
const otherAlgorithm = ({ algorithm }: Forger) =>
  ({ HS256: 'HS512', RS256: 'PS256', ES256: 'ES384', EdDSA: 'ES256' })[algorithm as string];

const INJECTIONS = [
  '../../../../dev/null',
  '/proc/self/environ',
  "' OR 1=1 --",
  "x' UNION SELECT '1' --",
  '|sleep 10',
  '${jndi:ldap://127.0.0.1/x}',
  '__proto__',
  'constructor',
  'toString',
  '\0',
  '%00',
];

/** Headers that ask the verifier for something else than it is set to do. */
export const headerCases: Attack[] = [
  ...['none', 'None', 'NONE', 'nOnE', '', null, ['none'], { alg: 'none' }].flatMap((alg): Attack[] => [
    { case: 1, name: `alg ${JSON.stringify(alg)}, signed`, forge: withHeader({ alg }) },
    { case: 1, name: `alg ${JSON.stringify(alg)}, unsigned`, forge: unsigned(alg) },
  ]),
  { case: 1, name: 'no alg', forge: without('header', 'alg') },
  ...Object.entries(SPELLINGS).map(([name, secret]): Attack => ({
    case: 3,
    name: `HS256 with the public key as ${name}`,
    only: isPair,
    forge: (f) => hmac(f, secret(f)),
  })),
  ...['', '\0', 'secret', 'password', 'your-256-bit-secret', 'changeme'].map((secret): Attack => ({
    case: 4,
    name: `HS256 with ${JSON.stringify(secret)}`,
    forge: (f) => hmac(f, secret),
  })),
  { case: 4, name: 'HS256 with the key id', forge: (f) => hmac(f, f.key.kid) },
  {
    case: 6,
    name: 'another algorithm for the same key',
    forge: (f) => withHeader({ alg: otherAlgorithm(f) })(f),
  },
  { case: 7, name: 'alg in lower case', forge: (f) => withHeader({ alg: f.algorithm.toLowerCase() })(f) },
  { case: 7, name: 'Ed25519', forge: withHeader({ alg: 'Ed25519' }) },
  {
    case: 8,
    name: 'an embedded key of the attacker',
    only: isPair,
    forge: (f) =>
      signed(
        { ...f, key: f.foreign },
        { ...f.header, jwk: f.foreign.publicKey.export({ format: 'jwk' }) },
        f.claims,
      ),
  },
  {
    case: 8,
    name: 'the real key embedded',
    only: isPair,
    forge: (f) => withHeader({ jwk: f.key.publicKey.export({ format: 'jwk' }) })(f),
  },
  ...['jku', 'x5u'].flatMap((name) => [
    {
      case: 9,
      name: `${name} to a listener`,
      forge: (f: Forger) => withHeader({ [name]: `${f.listener}/${name}` })(f),
    },
    {
      case: 9,
      name: `${name} to a listener, foreign key`,
      forge: (f: Forger) => withHeader({ [name]: `${f.listener}/${name}` })({ ...f, key: f.foreign }),
    },
    ...['http://169.254.169.254/latest/meta-data', 'file:///etc/passwd', 'gopher://127.0.0.1:1'].map(
      (url) => ({
        case: 9,
        name: `${name} to ${url}`,
        forge: withHeader({ [name]: url }),
      }),
    ),
  ]),
  { case: 10, name: 'x5c', forge: withHeader({ x5c: ['MIIB'] }) },
  { case: 10, name: 'x5t', forge: withHeader({ x5t: 'AAAA' }) },
  { case: 10, name: 'x5t#S256', forge: withHeader({ 'x5t#S256': 'AAAA' }) },
  { case: 11, name: 'no kid', forge: without('header', 'kid') },
  ...['', 'unknown', 1, null, {}, true].map((kid): Attack => ({
    case: 11,
    name: `kid ${JSON.stringify(kid)}`,
    forge: withHeader({ kid }),
  })),
  { case: 11, name: 'kid as a list', forge: (f) => withHeader({ kid: [f.key.kid] })(f) },
  { case: 11, name: 'kid of 5 kB', forge: withHeader({ kid: 'k'.repeat(5000) }) },
  ...INJECTIONS.map((kid): Attack => ({
    case: 12,
    name: `kid ${JSON.stringify(kid)}`,
    forge: withHeader({ kid }),
  })),
  ...[['x'], [], 'exp', ['exp'], ['b64'], ['exp', 'exp']].map((crit): Attack => ({
    case: 13,
    name: `crit ${JSON.stringify(crit)}`,
    forge: withHeader({ crit }),
  })),
  { case: 14, name: 'b64 false', forge: withHeader({ b64: false }) },
  { case: 14, name: 'b64 false, critical', forge: withHeader({ b64: false, crit: ['b64'] }) },
  { case: 23, name: 'cty JWT', forge: withHeader({ cty: 'JWT' }) },
  {
    case: 24,
    name: 'alg twice',
    forge: (f) =>
      signedText(f, JSON.stringify(f.header).replace('{', '{"alg":"none",'), JSON.stringify(f.claims)),
  },
  ...(
    [
      ['a byte order mark', (text) => `\uFEFF${text}`],
      ['UTF-16', (text) => Buffer.from(text, 'utf16le')],
      [
        'invalid UTF-8',
        (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from(',"x":"\xff"}', 'latin1')]),
      ],
      ['trailing text', (text) => `${text}x`],
      ['white space', (text) => ` ${text}`],
      ['an escape', (text) => text.replace('alg', '\\u0061lg')],
    ] satisfies [string, (text: string) => string | Buffer][]
  ).map(([name, change]): Attack => ({
    case: 24,
    name: `header with ${name}`,
    forge: (f) => signedText(f, change(JSON.stringify(f.header)), JSON.stringify(f.claims)),
  })),
  { case: 25, name: 'no typ', forge: without('header', 'typ') },
  ...['JWT', 'rt+jwt', 'id_token', 'at+jwt ', 'AT+JWT', 'application/at+jwt', ['at+jwt'], null].map(
    (typ): Attack => ({ case: 25, name: `typ ${JSON.stringify(typ)}`, forge: withHeader({ typ }) }),
  ),
  {
    case: 38,
    name: 'a good token of another app',
    forge: (f) => signed({ ...f, key: f.foreign }, { ...f.header, kid: f.foreign.kid }, f.claims),
  },
];
