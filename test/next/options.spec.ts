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
    ['trustedProxies', { trustedProxies: '10.0.0.0/8' }, 'a list of address ranges, each such as 10.0.0.0/8'],
    ['trustedProxies', { trustedProxies: true }, 'a list of address ranges'],
    ['trustedProxies', { trustedProxies: ['loopback'] }, 'a list of address ranges'],
    ['trustedProxies', { trustedProxies: ['10.0.0.1', '0.0.0.0/0'] }, 'not of everything'],
    ['trustedProxies', { trustedProxies: ['::/0'] }, 'not of everything'],
    ['trustedProxies', { trustedProxies: ['10.0.0.0/33'] }, 'a list of address ranges'],
    ['trustedProxies', { trustedProxies: [' 10.0.0.0/8'] }, 'a list of address ranges'],
    ['trustedProxies', { trustedProxies: [undefined] }, 'a list of address ranges'],
    ['clientAddress', { clientAddress: 'x-real-ip' }, `a function of the request, not 'x-real-ip'.`],
    ['clientAddress', { clientAddress: null }, 'a function of the request, not null.'],
    ['clientAddress', { clientAddress: () => '', trustedProxies: ['10.0.0.1'] }, 'exclude each other'],
    ['trustedOrigins', { trustedOrigins: 'https://app.example.com' }, 'a list of exact origins'],
    ['trustedOrigins', { trustedOrigins: ['https://app.example.com/'] }, 'such as https://app.example.com.'],
    ['trustedOrigins', { trustedOrigins: ['https://*.example.com'] }, 'a list of exact origins'],
    ['trustedOrigins', { trustedOrigins: ['app.example.com'] }, 'a list of exact origins'],
    ['trustedOrigins', { trustedOrigins: ['null'] }, 'a list of exact origins'],
    ['trustedOrigins', { trustedOrigins: ['https://a@app.example.com'] }, 'a list of exact origins'],
    ['trustedOrigins', { trustedOrigins: ['capacitor://localhost/'] }, 'a list of exact origins'],
    ['trustedOrigins', { trustedOrigins: ['file://x'] }, 'pages of file: have no origin of their own'],
    ['trustedOrigins', { trustedOrigins: null }, 'a list of exact origins'],
    ['trustForwardedHost', { trustForwardedHost: 'yes' }, `must be true or false, not 'yes'.`],
    ['partitionedCookies', { partitionedCookies: 1 }, 'must be true or false, not 1.'],
    ['partitionedCookies', { partitionedCookies: true, secureCookies: false }, 'needs secureCookies'],
    ['trustProxy', { trustProxy: true }, 'There is no option trustProxy: did you mean trustedProxies?'],
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
    [
      {
        trustedProxies: ['10.0.0.0/8', '127.0.0.1', '::1', 'fd00::/8'],
        trustedOrigins: ['http://localhost:3000', 'capacitor://localhost'],
      },
    ],
    [{ trustedProxies: [], trustedOrigins: [], trustForwardedHost: true, partitionedCookies: true }],
    [{ trustedProxies: undefined, clientAddress: () => undefined }],
  ])('takes %j', (options) => {
    expect(create(options)).not.toThrow();
  });
});
