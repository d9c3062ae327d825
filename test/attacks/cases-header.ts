import { type Attack, type Forger, signed, signedText, without, withHeader } from './forge.js';

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

/** Headers that ask the verifier to do something it is not configured to do. */
export const headerCases: Attack[] = [
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
    {
      case: 9,
      name: `${name} to a listener behind a trusted name`,
      forge: (f: Forger) =>
        withHeader({ [name]: f.listener.replace('//', '//auth.example.com@') })({ ...f, key: f.foreign }),
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
  { case: 11, name: 'kid of 100 kB', forge: withHeader({ kid: 'k'.repeat(100_000) }) },
  ...INJECTIONS.map((kid): Attack => ({
    case: 12,
    name: `kid ${JSON.stringify(kid)}`,
    forge: withHeader({ kid }),
  })),
  ...[['x'], [], 'exp', ['exp'], ['b64'], ['exp', 'exp'], null, {}].map((crit): Attack => ({
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
    name: 'a valid token of another app',
    forge: (f) => signed({ ...f, key: f.foreign }, { ...f.header, kid: f.foreign.kid }, f.claims),
  },
];
