import {
  AuthOptionsError,
  type AuthModuleOptions,
  authOptionWarnings,
  checkAuthOptions,
} from '../../../src/index.js';

const secret = (letter: string) => `${letter}kZ8r2mPq7Lw4Xc9vB1nT6yHs3Jd5Fg0Qe-Ua_Ii`;
const SIEM = { name: 'siem', url: 'https://siem.example.com/x', secret: secret('a') };

function problemsOf(audit: unknown): string[] {
  const jwt = { algorithm: 'HS256', accessSecret: secret('x'), refreshSecret: secret('y') } as const;
  try {
    checkAuthOptions({ jwt, audit } as AuthModuleOptions);
    return [];
  } catch (error) {
    return (error as AuthOptionsError).problems.map(({ option, message }) => `${option} ${message}`);
  }
}

describe('audit.receivers', () => {
  it('may be several, each with a secret', () => {
    const archive = { ...SIEM, name: 'archive', secret: secret('b'), allowPrivateAddresses: true };
    expect(problemsOf({ receivers: [SIEM, archive], giveUpAfter: '2h' })).toEqual([]);
    expect(problemsOf({ receivers: [] })).toEqual([]);
  });

  it.each<[string, unknown, RegExp]>([
    ['not a list', 'https://siem.example.com', /^audit\.receivers must be a list/],
    ['not objects', ['https://siem.example.com'], /^audit\.receivers must be a list of objects/],
    ['null', [null], /^audit\.receivers must be a list of objects/],
    ['without a name', [{ ...SIEM, name: undefined }], /^audit\.receivers\.name must be up to 63/],
    ['with a strange name', [{ ...SIEM, name: 'a b' }], /^audit\.receivers\.name must be up to 63/],
    [
      'without TLS',
      [{ ...SIEM, url: 'http://siem.example.com' }],
      /^audit\.receivers\.url must be a URL that begins/,
    ],
    [
      'with a password in the URL',
      [{ ...SIEM, url: 'https://a:b@siem.example.com' }],
      /must not contain a user name/,
    ],
    ['without a URL', [{ ...SIEM, url: undefined }], /^audit\.receivers\.url must be a URL/],
    ['without a secret', [{ ...SIEM, secret: undefined }], /^audit\.receivers\.secret is missing/],
    ['with a short secret', [{ ...SIEM, secret: 'short' }], /^audit\.receivers\.secret is 5 bytes long/],
    [
      'with a misspelled option',
      [{ ...SIEM, allowPrivate: true }],
      /^audit\.receivers\.allowPrivate is unknown/,
    ],
  ])('%s is refused', (_, receivers, message) => {
    expect(problemsOf({ receivers })).toEqual([expect.stringMatching(message)]);
  });

  it('need different names, and secrets that nothing else uses', () => {
    expect(problemsOf({ receivers: [SIEM, { ...SIEM, secret: secret('b') }] })).toEqual([
      expect.stringMatching(/^audit\.receivers must have a different name/),
    ]);
    expect(problemsOf({ receivers: [SIEM, { ...SIEM, name: 'b' }] })).toEqual([
      expect.stringMatching(/^audit\.receivers\.secret is also used elsewhere/),
    ]);
    expect(problemsOf({ receivers: [{ ...SIEM, secret: secret('y') }] })).toEqual([
      expect.stringMatching(/^audit\.receivers\.secret is also used elsewhere/),
    ]);
  });

  it('are warned of when a secret can be guessed', () => {
    const jwt = { algorithm: 'HS256', accessSecret: secret('x'), refreshSecret: secret('y') } as const;
    const audit = { receivers: [{ ...SIEM, secret: 'a'.repeat(40) }] };
    expect(authOptionWarnings({ jwt, audit })).toMatchObject([
      { option: 'audit.receivers.secret', weakSecret: true },
    ]);
  });
});
