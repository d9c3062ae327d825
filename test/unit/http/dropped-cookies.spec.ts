import { type CookieAttributes, DroppedCookies } from '../../../src/http/browser/dropped-cookies.js';
import type { AuthRequest } from '../../../src/transports/auth-request.js';

const SHORT = ['__Host-access=a.b.c; Path=/'];

function check(request: AuthRequest, settings: Partial<CookieAttributes> = {}, lines = SHORT): string[] {
  const warnings: string[] = [];
  const cookies = new DroppedCookies({ secure: true, sameSite: 'lax', ...settings }, (message) =>
    warnings.push(message),
  );
  cookies.check(request, lines);
  cookies.check(request, lines);
  return warnings;
}
const sent = (headers: AuthRequest['headers'] = {}, more: Partial<AuthRequest> = {}): AuthRequest => ({
  protocol: 'https',
  headers: { host: 'auth.example.com', ...headers },
  ...more,
});
const overHttp = (host?: string, headers: AuthRequest['headers'] = {}) =>
  sent({ host, ...headers }, { protocol: 'http' });

describe('a login warns, once, that browsers will drop', () => {
  it.each([
    'auth.example.com',
    'auth.example.com:8080',
    '192.168.1.7',
    '[fd00::1]:3000',
    'localhost.example.com',
    '127.example.com',
  ])('Secure cookies over plain HTTP, at %s', (host) => {
    expect(check(overHttp(host))).toEqual([expect.stringMatching(/HTTPS.*TRUST_PROXY.*COOKIE_SECURE/)]);
  });

  it('Secure cookies over plain HTTP, at the host that a trusted proxy reports', () => {
    expect(check({ ...overHttp('127.0.0.1:3000'), host: 'auth.example.com' })).toHaveLength(1);
  });

  it.each([
    'localhost',
    'localhost:3000',
    'app.localhost:3000',
    'LOCALHOST',
    '127.0.0.1:3000',
    '127.1.2.3',
    '[::1]',
    '[::1]:3000',
    undefined,
  ])('none at %s, on this machine', (host) => {
    expect(check(overHttp(host))).toEqual([]);
  });

  it('none over HTTPS, none without Secure, and none where the browser reports that it sees HTTPS', () => {
    expect(check(sent())).toEqual([]);
    expect(check(overHttp('auth.example.com'), { secure: false })).toEqual([]);
    expect(check(overHttp('auth.example.com', { 'sec-fetch-site': 'same-origin' }))).toEqual([]);
  });

  it('Secure cookies over plain HTTP, for a page that was loaded the same way', () => {
    const [host, origin] = ['auth.example.com', 'http://auth.example.com'];
    expect(check(overHttp(host, { origin, 'user-agent': 'Mozilla/5.0' }))).toHaveLength(1);
  });

  it('none for an https page, nor when a server passes on the login of a browser', () => {
    expect(check(overHttp('auth.internal', { origin: 'https://app.example.com' }))).toEqual([]);
    expect(check(overHttp('auth.internal', { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64)' }))).toEqual([]);
  });

  it.each(['lax', 'strict'] as const)('SameSite=%s cookies for a page of another site', (sameSite) => {
    const message = expect.stringMatching(/COOKIE_SAME_SITE\) to none/);
    expect(check(sent({ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }), { sameSite })).toEqual([
      message,
    ]);
    expect(check(sent({ origin: 'capacitor://localhost' }), { sameSite })).toEqual([message]);
  });

  it.each<[string, AuthRequest['headers'], Partial<CookieAttributes>]>([
    ['SameSite=None', { 'sec-fetch-site': 'cross-site' }, { sameSite: 'none' }],
    ['a page of the same site', { 'sec-fetch-site': 'same-site' }, {}],
    ['our own page', { 'sec-fetch-site': 'same-origin' }, {}],
    ['a page whose site nobody reports', { origin: 'https://app.example.com' }, {}],
    ['a sandboxed page, which is refused anyway', { origin: 'null' }, {}],
    ['no page', {}, {}],
    [
      'a navigation of the whole page',
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
      {},
    ],
  ])('none with %s', (_, headers, settings) => {
    expect(check(sent(headers), settings)).toEqual([]);
  });

  it('a cookie of more than 4096 bytes with its attributes', () => {
    const lineOf = (length: number) => `a=${'x'.repeat(length - 10)}; Path=/`;
    expect(check(sent(), {}, [lineOf(4096)])).toEqual([]);
    expect(check(sent(), {}, [lineOf(4097)])).toEqual([expect.stringMatching(/4096 bytes.*fewer claims/)]);
  });

  it('Partitioned cookies in a frame, without SameSite=None', () => {
    expect(check(sent(), { partitioned: true })).toEqual([
      expect.stringMatching(/COOKIE_SAME_SITE\) is none/),
    ]);
    expect(check(sent(), { partitioned: true, sameSite: 'none' })).toEqual([]);
  });

  it('each reason by itself, without a word about the request', () => {
    const request = overHttp('secret.example.com', { origin: 'capacitor://localhost' });
    const warnings = check(request, {}, [`a=${'x'.repeat(5000)}`]);
    expect(warnings).toHaveLength(3);
    expect(warnings.join()).not.toMatch(/secret\.example|xxx/);
  });
});
