import { createMigratedDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';
import { newEmail, PASSWORD } from '../support/client.js';
import { startHost } from '../support/host-app.js';
import { readConfiguration } from '../../src/settings/configuration.js';

const ROUTES = [
  ['POST', '/auth/register/confirm'],
  ['POST', '/auth/password/forgot'],
  ['POST', '/auth/password/reset'],
  ['POST', '/auth/email/verify'],
  ['POST', '/auth/email/verification'],
  ['POST', '/auth/email'],
  ['POST', '/auth/email/confirm'],
  ['POST', '/auth/email/undo'],
  ['PATCH', '/auth/me'],
  ['DELETE', '/auth/me'],
  ['POST', '/auth/me/restore'],
  ['GET', '/auth/me/export'],
] as const;

const mail = { SMTP_URL: 'smtp://127.0.0.1:9', MAIL_FROM: 'no-reply@example.com' };

let database: TestDatabase;
beforeAll(async () => {
  database = await createMigratedDatabase();
});
afterAll(() => database?.drop());

describe('A285: the service without mail', () => {
  let service: ServiceHere;
  beforeAll(async () => {
    service = await startServiceHere({
      ...productionSettings(database.url),
      DOCS: 'on',
      EMAIL_VERIFICATION: 'off',
    });
  });
  afterAll(() => service?.end());

  it('has none of the routes of accounts, for whoever asks', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const { body } = await service.client.post('/auth/register', account);
    for (const [method, path] of ROUTES)
      for (const token of [undefined, body.accessToken as string]) {
        const send = method === 'GET' ? {} : { body: {} };
        const { status } = await service.client.call(path, { method, token, ...send });
        // `GET /auth/me` exists.
        expect([method, path, status]).toEqual([method, path, path === '/auth/me' ? 405 : 404]);
      }
  });

  it('mentions none of them in its API document and its metadata', async () => {
    const { paths } = (await service.client.get('/openapi.json')).body as { paths: Record<string, object> };
    for (const [method, path] of ROUTES)
      expect(Object.keys(paths[path] ?? {})).not.toContain(method.toLowerCase());
    const metadata = (await service.client.get('/.well-known/oauth-authorization-server')).body;
    expect(JSON.stringify(metadata)).not.toMatch(/forgot|reset|verif(y|ication)"|restore/);
  });
});

describe('the start', () => {
  it.each(['optional', 'required'])('refuses EMAIL_VERIFICATION=%s without mail', (verification) => {
    const settings = { ...productionSettings(database.url), EMAIL_VERIFICATION: verification };
    expect(() => readConfiguration(settings)).toThrow(
      /EMAIL_VERIFICATION needs mail: set SMTP_URL and MAIL_FROM, or remove it$/,
    );
    expect(readConfiguration({ ...settings, ...mail }).auth.accounts).toEqual({ verification });
  });

  it('takes the mailbox of development for mail', () => {
    const settings = { ...productionSettings(database.url), NODE_ENV: 'development' };
    expect(() => readConfiguration({ ...settings, EMAIL_VERIFICATION: 'required' })).not.toThrow();
  });

  it('refuses the option accounts without mail, with one message', async () => {
    const failed = startHost({ databaseUrl: database.url, options: { accounts: {} } });
    await expect(failed).rejects.toThrow(/accounts needs the option mail: \{ from, smtp \}/);
  });
});

it.each(['forRoot', 'forRootAsync'] as const)(
  'routes: { register: false } turns off registration by mail, too: %s',
  async (style) => {
    const transport = { send: async () => undefined };
    const host = await startHost({
      databaseUrl: database.url,
      style,
      options: {
        publicUrl: 'https://auth.example.com',
        accounts: { verification: 'required' },
        mail: { from: 'no-reply@example.com', transport },
      },
      parts: { routes: { register: false } },
    });
    for (const path of ['register', 'register/confirm'])
      expect((await host.client.post(`/auth/${path}`, {})).status).toBe(404);
    expect((await host.client.post('/auth/password/forgot', {})).status).toBe(400);
    await host.close();
  },
);

describe('A285: the service without second factors', () => {
  let service: ServiceHere;
  beforeAll(async () => {
    service = await startServiceHere({ ...productionSettings(database.url), DOCS: 'on' });
  });
  afterAll(() => service?.end());

  it('mentions none of them in its API document', async () => {
    const document = JSON.stringify((await service.client.get('/openapi.json')).body);
    expect(document).not.toMatch(/\/auth\/(factors|totp|recovery-codes|devices|login\/mfa)|second factors"/);
  });

  it('refuses a policy for second factors without the secret, instead of ignoring it', () => {
    const settings = { ...productionSettings(database.url), MFA_POLICY: 'required' };
    expect(() => readConfiguration(settings)).toThrow(/MFA_ENCRYPTION_SECRET is missing/);
  });

  it('takes a policy for everybody or for roles', () => {
    const secret = { MFA_ENCRYPTION_SECRET: 'x3Vq8Lw2Zr7Tn5Yk9Mp4Hs6Jd1Fg0Bc-QeUiOaXz', ...mail };
    const policyOf = (policy: string) =>
      readConfiguration({ ...productionSettings(database.url), ...secret, MFA_POLICY: policy }).auth.mfa
        ?.policy;
    expect(policyOf('required')).toBe('required');
    expect(policyOf('roles:admin, support')).toEqual({ roles: ['admin', 'support'] });
    expect(() => policyOf('sometimes')).toThrow(/MFA_POLICY must be/);
    expect(() => policyOf('roles:')).toThrow(/MFA_POLICY must be/);
  });
});
