import { toSettings } from '../../src/next/next-options.js';
import { createLatchkeyNext, type LatchkeyNextOptions } from '../../src/next/latchkey-next.js';

const create = (options: object) => () =>
  createLatchkeyNext({ url: 'http://127.0.0.1:3000', ...options } as LatchkeyNextOptions);

describe('createLatchkeyNext', () => {
  it.each([
    ['url', { url: 'localhost:3000' }, 'write http://localhost:3000.'],
    ['url', { url: 'auth.example.com:8443/x' }, 'write https://auth.example.com:8443/x.'],
    ['url', { url: undefined }, 'such as https://auth.example.com.'],
    [
      'url',
      { url: 'ftp://auth.example.com' },
      'must be an http or https URL, such as https://auth.example.com.',
    ],
    ['secureCookies', { secureCookies: 'false' }, `secureCookies must be true or false, not 'false'.`],
    ['secureCookies', { secureCookies: 0 }, 'secureCookies must be true or false, not 0.'],
    ['clockTolerance', { clockTolerance: '5s' }, 'a number of seconds from 0 to 60'],
    ['clockTolerance', { clockTolerance: -1 }, 'a number of seconds from 0 to 60, not -1.'],
    ['clockTolerance', { clockTolerance: 61 }, 'a number of seconds from 0 to 60, not 61.'],
    ['clockTolerance', { clockTolerance: Number.NaN }, 'a number of seconds from 0 to 60, not NaN.'],
    [
      'issuer',
      { issuer: '' },
      `issuer must be the service's PUBLIC_URL, or its JWT_ISSUER if that is set: leave it`,
    ],
    ['issuer', { issuer: null }, `issuer must be the service's PUBLIC_URL`],
    ['issuer', { issuer: [] }, `issuer must be the service's PUBLIC_URL`],
    ['issuer', { issuer: ['latchkey', 5] }, `issuer must be the service's PUBLIC_URL`],
    ['audience', { audience: '' }, `audience must be the service's JWT_AUDIENCE`],
    ['secureCookie', { secureCookie: false }, 'There is no option secureCookie: did you mean secureCookies?'],
    ['baseUrl', { baseUrl: '' }, 'There is no option baseUrl: did you mean url?'],
    ['clockSkew', { clockSkew: 5 }, 'There is no option clockSkew: did you mean clockTolerance?'],
    ['timeout', { timeout: 5 }, 'There is no option timeout: there are url, issuer, audience,'],
  ])('refuses a wrong %s: %p', (name, options, sentence) => {
    expect(create(options)).toThrow(TypeError);
    expect(create(options)).toThrow(name);
    expect(create(options)).toThrow(sentence);
  });

  it.each([undefined, null, 'https://auth.example.com'])('refuses %p instead of options', (options) => {
    const call = () => createLatchkeyNext(options as unknown as LatchkeyNextOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow('createLatchkeyNext needs options: { url }');
  });

  it.each([
    [{}, ['http://127.0.0.1:3000', 'latchkey']],
    [{ url: 'https://example.com/auth/' }, ['https://example.com/auth', 'latchkey']],
    [{ issuer: 'https://auth.example.com' }, ['https://auth.example.com']],
    [{ issuer: ['https://auth.example.com', 'mine'] }, ['https://auth.example.com', 'mine']],
  ])('with %j accepts tokens of %j', (options, issuers) => {
    expect(toSettings({ url: 'http://127.0.0.1:3000', ...options }).issuer).toEqual(issuers);
  });

  it.each([
    [{}],
    [{ url: 'https://auth.example.com/below/it', issuer: 'https://auth.example.com', audience: 'shop' }],
    [{ issuer: ['https://auth.example.com', 'latchkey'] }],
    [{ clockTolerance: 0, secureCookies: false }],
    [{ clockTolerance: 60, secureCookies: undefined }],
  ])('takes %j', (options) => {
    expect(create(options)).not.toThrow();
  });
});
