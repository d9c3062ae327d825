import { returnAddress } from '../../../../src/service/pages/return-address.js';

const TRUSTED = ['https://app.example.com', 'http://localhost:5173', 'capacitor://localhost'];

const ALLOWED = [
  '/',
  '/account',
  '/orders/7?page=2&q=a%20b#top',
  '/caf%C3%A9',
  '/café',
  '/oauth?redirect=https%3A%2F%2Fapp.example.com',
  '/a//b',
  '/100%25',
  'https://app.example.com',
  'https://app.example.com/',
  'https://app.example.com/cart?x=1#y',
  'https://app.example.com?x=1',
  'http://localhost:5173/a',
  'capacitor://localhost/home',
];

const REFUSED: unknown[] = [
  undefined,
  null,
  ['/account', '/account'],
  { toString: () => '/account' },
  '',
  'account',
  './account',
  '?x',
  '#x',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  ' /account',
  '/\u0000/evil.example',
  '/\u200B/evil.example',
  '/\u2028/evil.example',
  '/%2Fevil.example',
  '/%2f%2fevil.example',
  '/%5Cevil.example',
  '/%252Fevil.example',
  '/%25252fevil.example',
  '/%25252525252fevil.example',
  '/%09/evil.example',
  '/%0d%0aLocation:%20https://evil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/a/..//evil.example',
  '/a/%2e%2e//evil.example',
  '/./\\evil.example',
  '/%',
  '/%c3%28',
  'https:evil.example',
  'https:/evil.example',
  'https:///evil.example',
  'https://evil.example',
  'HTTPS://app.example.com',
  'https:app.example.com',
  'https://app.example.com.evil.example',
  'https://app.example.com@evil.example',
  'https://app.example.com:pass@evil.example',
  'https://app.example.com:8443/',
  'https://app.example.com%2f@evil.example',
  'https://app.example.com\\@evil.example',
  'https://app.example.com/\n',
  'https://user@app.example.com/',
  'http://app.example.com/',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)//https://app.example.com',
  'java\nscript:alert(1)',
  'data:text/html,<script>alert(1)</script>',
  'blob:https://app.example.com/1',
  'capacitor://localhost.evil',
  `/${'a'.repeat(2_001)}`,
];

describe('the address to return to', () => {
  it.each(ALLOWED)('%s is one', (given) => {
    expect(returnAddress(given, TRUSTED)).toBe(given);
  });

  it.each(REFUSED)('%j is none', (given) => {
    expect(returnAddress(given, TRUSTED)).toBeUndefined();
  });

  it('whatever is allowed leads to this origin or to a trusted one, as browsers read it', () => {
    for (const given of ALLOWED) {
      const url = new URL(returnAddress(given, TRUSTED)!, 'https://own.example');
      expect(['https://own.example', ...TRUSTED]).toContain(`${url.protocol}//${url.host}`);
    }
  });

  it('no origin is trusted by default', () => {
    expect(returnAddress('https://app.example.com/', [])).toBeUndefined();
  });
});
