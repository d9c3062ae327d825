import { type ExaminedPasskeys, examinePasskeys } from '../../../src/auth/doctor/examine-passkeys.js';

const NAMES = { rpId: 'WEBAUTHN_RP_ID', origins: 'WEBAUTHN_ORIGINS' };
const ANDROID = 'android:apk-key-hash:-sYXRdwJA3hvue3mKpYrOZ9zSPC7b4mbgzJmdZEDO5w';

const judge = (given: Partial<ExaminedPasskeys>) =>
  examinePasskeys(
    {
      rpId: 'example.com',
      origins: ['https://example.com', 'https://app.example.com:8443', ANDROID],
      publicUrl: 'https://auth.example.com',
      isProduction: true,
      ...given,
    },
    NAMES,
  );

describe('the passkeys that the doctor examines', () => {
  it('are fine where each page is at the domain or below it, whatever the address of an API without pages', () => {
    const fine = [
      { check: 'passkeys', state: 'ok', message: 'belong to example.com, and 3 origins use them' },
    ];
    expect(judge({})).toEqual(fine);
    expect(judge({ publicUrl: 'https://api.example.org' })).toEqual(fine);
    expect(judge({ publicUrl: undefined, hasPages: true })).toEqual(fine);
  });

  it.each<[string, Partial<ExaminedPasskeys>, RegExp]>([
    [
      'a public suffix of a country',
      { rpId: 'co.uk', origins: ['https://shop.co.uk'] },
      /co\.uk seems to be a public suffix/,
    ],
    [
      'one of a host',
      { rpId: 'github.io', origins: ['https://me.github.io'] },
      /github\.io seems to be a public suffix/,
    ],
    [
      'a domain that only looks as if it were below',
      { origins: ['https://example.com', 'https://evilexample.com'] },
      /^https:\/\/evilexample\.com is not below example\.com: .*https:\/\/example\.com\/\.well-known\/webauthn/,
    ],
    [
      'related origins that are asked for elsewhere',
      { origins: ['https://example.com', 'https://example.de', 'https://example.fr'] },
      /^https:\/\/example\.de, https:\/\/example\.fr are not below example\.com/,
    ],
    [
      'an origin of this machine for a domain on the internet',
      { origins: ['https://example.com', 'http://localhost:3000'] },
      /^http:\/\/localhost:3000 can never use passkeys of example\.com: remove it from WEBAUTHN_ORIGINS$/,
    ],
    [
      'a domain of this machine',
      { rpId: 'localhost', origins: ['http://localhost:3000'] },
      /on this machine only$/,
    ],
    [
      'account pages at an address that is not listed',
      { hasPages: true },
      /^the account pages are at https:\/\/auth\.example\.com, which is not one of WEBAUTHN_ORIGINS/,
    ],
    [
      'account pages without TLS',
      { hasPages: true, publicUrl: 'http://example.com' },
      /^the account pages are at http:\/\/example\.com,/,
    ],
  ])('get a warning for %s', (_, given, message) => {
    expect(judge(given)).toEqual([
      { check: 'passkeys', state: 'warning', message: expect.stringMatching(message) },
    ]);
  });

  it('may have related origins if this service is at the domain itself', () => {
    const origins = ['https://example.com', 'https://example.de'];
    expect(judge({ origins, publicUrl: 'https://example.com/' })[0]!.state).toBe('ok');
  });

  it('belong to localhost in development, and the pages may have a path', () => {
    const origins = ['http://localhost:3000'];
    const here = { rpId: 'localhost', origins, hasPages: true, isProduction: false };
    expect(judge({ ...here, publicUrl: 'http://localhost:3000/auth' })[0]!.state).toBe('ok');
  });
});
