import { meantAddress, toAccountPages } from '../../../../src/service/pages/page-address.js';

const rewritten = (url: string, method = 'GET') => toAccountPages({ method, url }) !== url;

it('addresses that the router knows, or may know, stay as they are', () => {
  for (const url of [
    '/account',
    '/account?next=/A//b/',
    '/account/sign-in?why=out',
    '/account/unknown',
    '/account/client/latchkey-client.js',
    '/account/%20',
    '/accounts/',
    '/Accountant',
    '/auth//login',
    '/',
    '*',
  ])
    expect([url, rewritten(url)]).toEqual([url, false]);
});

it.each([
  '/account/',
  '/account/sign-in/?why=out',
  '//account',
  '/account//sign-in',
  '/ACCOUNT',
  '/Account/Sign-In',
  '/account/%zz',
  '/account/%ff',
  '/account/%00',
  '/account%2Fsign-in',
  `/account/${'a'.repeat(100)}`,
])('mistyped addresses reach the pages (%s)', (url) => {
  expect(rewritten(url)).toBe(true);
  expect([rewritten(url, 'HEAD'), rewritten(url, 'POST')]).toEqual([true, false]);
});

it.each([
  ['/account/', '/account'],
  ['/account/?why=out', '/account?why=out'],
  ['//account//Sign-In/', '/account/sign-in'],
  ['/ACCOUNT/mailbox?x=//A/', '/account/mailbox?x=//A/'],
])('%s means %s', (given, meant) => {
  expect(meantAddress(given)).toBe(meant);
});

it.each([
  '/account',
  '/account/a/b/c',
  '/account/%zz/',
  '/account/..//evil.example',
  '/account/\\evil.example/',
  '/account//@evil.example',
])('nobody is sent elsewhere by %s', (given) => {
  expect(meantAddress(given)).toBeUndefined();
});
