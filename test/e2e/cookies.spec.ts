import type { LoggerService } from '@nestjs/common';
import { readConfiguration } from '../../src/settings/configuration.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { exactHttp } from '../support/exact-http.js';
import { type AdapterName, startHost } from '../support/host-app.js';
import { productionSettings } from '../support/service-process.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const BY_COOKIE = { 'x-auth-transport': 'cookie' };

class Log implements LoggerService {
  readonly warnings: string[] = [];
  log = () => undefined;
  error = () => undefined;
  warn(message: string): void {
    this.warnings.push(message);
  }
}

describe.each<AdapterName>(['express', 'fastify'])('cookies on %s', (adapter) => {
  it('are Partitioned whenever they are set, renewed or cleared, if the option says so', async () => {
    const cookies = { sameSite: 'none', partitioned: true, silentRefresh: true } as const;
    const host = await startHost({ adapter, options: { cookies } });
    const account = { email: newEmail(), password: PASSWORD };
    const registered = await host.client.post('/auth/register', account, { headers: BY_COOKIE });
    const refresh = registered.cookies['__Host-refresh']!.value;
    const renewed = await host.client.get('/orders', { cookie: `__Host-refresh=${refresh}` });
    const cookie = `__Host-refresh=${renewed.cookies['__Host-refresh']!.value}`;
    const refreshed = await host.client.post('/auth/refresh', undefined, { cookie });
    const answers = [
      registered,
      renewed,
      refreshed,
      await host.client.post('/auth/refresh', undefined, { cookie: '__Host-refresh=junk' }),
      await host.client.post('/auth/logout', undefined, { cookie }),
    ];
    for (const [i, { status, cookies: sent }] of answers.entries()) {
      const names = ['__Host-access', '__Host-refresh', ...(i === 0 ? ['__Host-device'] : [])];
      expect([status, Object.keys(sent)]).toEqual([expect.any(Number), names]);
      for (const { attributes } of Object.values(sent))
        expect(attributes.filter((attribute) => !attribute.startsWith('max-age'))).toEqual([
          'path=/',
          'httponly',
          'secure',
          'partitioned',
          'samesite=none',
        ]);
    }
    const junk = await host.client.get('/orders', { cookie: '__Host-access=junk' });
    expect(junk.cookies['__Host-access']!.attributes).toContain('partitioned');
    await host.close();
  });

  it('that a browser would drop are reported in the log, once for each reason', async () => {
    const logger = new Log();
    const host = await startHost({
      adapter,
      logger,
      options: { cookies: { secure: true }, csrf: { trustedOrigins: ['capacitor://localhost'] } },
    });
    const login = (headers: Record<string, string>) =>
      exactHttp(`${host.client.url}/auth/register`, {
        headers: { ...JSON_TYPE, ...headers },
        body: JSON.stringify({ email: newEmail(), password: PASSWORD }),
      });
    const found = () => logger.warnings.filter((text) => text.includes('browsers drop'));

    await login({ host: 'auth.example.com' });
    await login({ ...BY_COOKIE });
    expect(found()).toEqual([]);

    for (let times = 0; times < 2; times++) {
      const answer = await login({ ...BY_COOKIE, host: 'auth.example.com' });
      expect(answer).toMatchObject({ status: 201, setCookies: { length: 3 } });
      expect(found()).toEqual([expect.stringContaining('TRUST_PROXY')]);
    }
    const app = { ...BY_COOKIE, origin: 'capacitor://localhost', 'sec-fetch-site': 'cross-site' };
    for (let times = 0; times < 2; times++) {
      expect(await login(app)).toMatchObject({ status: 201 });
      expect(found()).toEqual([expect.anything(), expect.stringContaining('COOKIE_SAME_SITE')]);
    }
    await host.close();
  });
});

describe('the settings of the service', () => {
  const env = productionSettings('postgres://db/latchkey');

  it('turn Partitioned on, with SameSite=None', () => {
    const { auth } = readConfiguration({ ...env, COOKIE_SAME_SITE: 'none', COOKIE_PARTITIONED: 'on' });
    expect(auth.cookies).toMatchObject({ partitioned: true, sameSite: 'none' });
    expect(readConfiguration(env).auth.cookies?.partitioned).toBe(false);
  });

  it('name the variable when Partitioned or SameSite=None lacks Secure', () => {
    const insecure = { ...env, COOKIE_SECURE: 'false' };
    expect(() => readConfiguration({ ...insecure, COOKIE_PARTITIONED: 'on' })).toThrow(
      'COOKIE_PARTITIONED can be true only when COOKIE_SECURE is true, and is useful only when COOKIE_SAME_SITE is "none"',
    );
    expect(() => readConfiguration({ ...insecure, COOKIE_SAME_SITE: 'none' })).toThrow(
      /COOKIE_SAME_SITE can be "none" only when COOKIE_SECURE is true/,
    );
  });

  it('take more CORS headers, and origins of apps', () => {
    const CORS_ORIGINS = 'capacitor://localhost, ionic://localhost,tauri://localhost';
    const read = readConfiguration({ ...env, CORS_ORIGINS, CORS_HEADERS: 'X-A, x-b' });
    expect([read.corsOrigins, read.corsHeaders]).toEqual([
      ['capacitor://localhost', 'ionic://localhost', 'tauri://localhost'],
      ['X-A', 'x-b'],
    ]);
    expect(() => readConfiguration({ ...env, CORS_HEADERS: '*' })).toThrow(
      /CORS_HEADERS must be .* header names/,
    );
    expect(() => readConfiguration({ ...env, CORS_ORIGINS: 'null' })).toThrow(
      /CORS_ORIGINS must be .* null is/,
    );
  });
});
