// lib/latchkey.ts
import { createLatchkeyNext } from 'latchkey/next';

const { LATCHKEY_URL = 'http://127.0.0.1:3000', JWT_ISSUER, COOKIE_SECURE, TRUSTED_PROXIES } = process.env;

export const serviceUrl = LATCHKEY_URL;
export const latchkey = createLatchkeyNext({
  url: serviceUrl,
  issuer: JWT_ISSUER, // the service's PUBLIC_URL, if this server reaches the service under another address
  secureCookies: COOKIE_SECURE !== 'false',
  trustedProxies: TRUSTED_PROXIES?.split(/[\s,]+/).filter(Boolean), // in front of this app, such as 10.0.0.0/8
});
