// lib/latchkey.ts
import { createLatchkeyNext } from 'latchkey/next';

const { LATCHKEY_URL = 'http://127.0.0.1:3000', COOKIE_SECURE, TRUSTED_PROXIES } = process.env;

export const serviceUrl = LATCHKEY_URL;
export const latchkey = createLatchkeyNext({
  url: serviceUrl,
  secureCookies: COOKIE_SECURE !== 'false',
  trustedProxies: TRUSTED_PROXIES?.split(','), // in front of this app, such as 10.0.0.0/8
});
