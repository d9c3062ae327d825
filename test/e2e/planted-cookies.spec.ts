// Covers docs/security.md, case 98.
import type { AdapterName, Host } from '../support/host-app.js';
import { startHost } from '../support/host-app.js';
import { BLANKS_IN_HEADERS, codesOf } from '../support/blanks.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { exactHttp } from '../support/exact-http.js';

/** What Node's client sends; its parser refuses other control characters with 400. */
const SENT = BLANKS_IN_HEADERS.filter((text) => /^[\x80-\xFF]+$/.test(text));

describe.each<AdapterName>(['express', 'fastify'])(
  'on %s, a cookie with another blank around our name',
  (adapter) => {
    let host: Host;
    let tokens: { accessToken: string; refreshToken: string };

    beforeAll(async () => {
      host = await startHost({ adapter, options: { cookies: { secure: true, silentRefresh: true } } });
      tokens = (await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD })).body;
    });
    afterAll(() => host.close());

    it('authenticates nobody, and nobody is refreshed by it', async () => {
      for (const blank of SENT) {
        for (const [before, after] of [
          [blank, ''],
          ['', blank],
        ]) {
          const cookie = `a=1; ${before}__Host-refresh${after}=${tokens.refreshToken}; ${before}__Host-access${after}=${tokens.accessToken}`;
          const [page, refresh] = await Promise.all([
            exactHttp(`${host.client.url}/orders`, { method: 'GET', headers: { cookie } }),
            exactHttp(`${host.client.url}/auth/refresh`, { headers: { cookie } }),
          ]);
          expect([codesOf(blank), page.body.error, page.setCookies]).toEqual([
            codesOf(blank),
            'TOKEN_MISSING',
            [],
          ]);
          expect([refresh.body.error, refresh.setCookies]).toEqual(['REFRESH_TOKEN_MISSING', []]);
        }
      }
    });

    it('unlike a space or a tab, which browsers remove', async () => {
      const cookie = `a=1; \t __Host-access\t=${tokens.accessToken} ; b=2`;
      const page = await exactHttp(`${host.client.url}/orders`, { method: 'GET', headers: { cookie } });
      expect(page.status).toBe(200);
    });
  },
);
