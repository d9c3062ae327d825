import { createLatchkeyClient, type LatchkeyClientOptions } from '../../src/client/latchkey-client.js';

const GOOD: LatchkeyClientOptions = { baseUrl: 'https://auth.example.com', transport: 'cookie' };
const create = (options: object) => () =>
  createLatchkeyClient({ ...GOOD, ...options } as LatchkeyClientOptions).close();

describe('createLatchkeyClient', () => {
  it.each([
    ['transport', { transport: 'cookies' }, "transport must be 'cookie' or 'body'."],
    ['transport', { transport: undefined }, "transport must be 'cookie' or 'body'."],
    ['transport', { transport: true }, "transport must be 'cookie' or 'body'."],
    ['baseUrl', { baseUrl: 'localhost:3000' }, 'write http://localhost:3000.'],
    ['baseUrl', { baseUrl: '127.0.0.1:3000/' }, 'write http://127.0.0.1:3000/.'],
    ['baseUrl', { baseUrl: 'localhost' }, 'write http://localhost.'],
    ['baseUrl', { baseUrl: 'localhost/auth' }, 'write http://localhost/auth.'],
    ['baseUrl', { baseUrl: '[::1]:3000' }, 'write http://[::1]:3000.'],
    ['baseUrl', { baseUrl: 'auth.example.com:8443/x' }, 'write https://auth.example.com:8443/x.'],
    ['baseUrl', { baseUrl: 'localhost.example.com:80' }, 'write https://localhost.example.com:80.'],
    ['baseUrl', { baseUrl: '10.0.0.1:3000' }, 'write https://10.0.0.1:3000.'],
    ['baseUrl', { baseUrl: 'auth.example.com' }, 'write https://auth.example.com.'],
    ['baseUrl', { baseUrl: 'auth.example.com/login' }, 'write https://auth.example.com/login.'],
    ['baseUrl', { baseUrl: '' }, 'such as https://auth.example.com.'],
    ['baseUrl', { baseUrl: undefined }, 'such as https://auth.example.com.'],
    ['baseUrl', { baseUrl: null }, 'such as https://auth.example.com.'],
    ['baseUrl', { baseUrl: '/auth' }, 'such as https://auth.example.com.'],
    ['baseUrl', { baseUrl: '//auth.example.com' }, 'such as https://auth.example.com.'],
    ['baseUrl', { baseUrl: 'http://' }, 'such as https://auth.example.com.'],
    ['baseUrl', { baseUrl: 'http://a b' }, 'such as https://auth.example.com.'],
    [
      'baseUrl',
      { baseUrl: 'ftp://auth.example.com' },
      'must be an http or https URL, such as https://auth.example.com.',
    ],
    ['storage', { storage: {} }, 'storage must have getItem and setItem.'],
    ['storage', { storage: 'localStorage' }, 'storage must have getItem and setItem.'],
    ['storage', { storage: { getItem: () => null } }, 'storage must have getItem and setItem'],
    ['onSignedOut', { onSignedOut: '/sign-in' }, 'onSignedOut must be a function.'],
    ['fetch', { fetch: {} }, 'fetch must be a function.'],
  ])('refuses a wrong %s: %j', (name, options, sentence) => {
    expect(create(options)).toThrow(TypeError);
    expect(create(options)).toThrow(name);
    expect(create(options)).toThrow(sentence);
  });

  it.each([undefined, null, 'https://auth.example.com', 5])('refuses %p instead of options', (options) => {
    const call = () => createLatchkeyClient(options as unknown as LatchkeyClientOptions);
    expect(call).toThrow(TypeError);
    expect(call).toThrow('createLatchkeyClient needs options: { baseUrl, transport }');
  });

  it.each([
    [{ onSignedout: () => {} }, 'There is no option onSignedout: did you mean onSignedOut?'],
    [{ onSignOut: () => {} }, 'There is no option onSignOut: did you mean onSignedOut?'],
    [{ baseURL: '' }, 'There is no option baseURL: did you mean baseUrl?'],
    [{ url: '' }, 'There is no option url: did you mean baseUrl?'],
    [{ ransport: '' }, 'There is no option ransport: did you mean transport?'],
    [{ transports: 'body' }, 'There is no option transports: did you mean transport?'],
    [{ store: {} }, 'There is no option store: did you mean storage?'],
    [
      { constructor: 1 },
      'There is no option constructor: there are baseUrl, transport, storage, onSignedOut, fetch.',
    ],
    [{ credentials: 'include' }, 'There is no option credentials: there are baseUrl, transport,'],
  ])('refuses an option it does not know: %p', (options, sentence) => {
    expect(create(options)).toThrow(TypeError);
    expect(create(options)).toThrow(sentence);
  });

  it.each([
    [{ baseUrl: 'http://localhost:3000' }],
    [{ baseUrl: 'https://auth.example.com/' }],
    [{ baseUrl: 'HTTPS://auth.example.com/below/it' }],
    [{ baseUrl: 'http://[::1]:3000' }],
    [{ storage: undefined, onSignedOut: undefined, fetch: undefined }],
    [{ transport: 'body', storage: { getItem: () => null, setItem: () => undefined } }],
  ])('takes %j', (options) => {
    expect(create(options)).not.toThrow();
  });
});
