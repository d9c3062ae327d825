import { newEmail, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';
import { until } from '../support/until.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

const start = (settings: Record<string, string> = {}): Promise<ServiceHere> =>
  startServiceHere({ ...productionSettings(database.url), NODE_ENV: 'development', ...settings });
const HTML = { headers: { accept: 'text/html,*/*' } };

describe('the account pages in development, with mail', () => {
  let service: ServiceHere;
  beforeAll(async () => {
    service = await start({
      EMAIL_VERIFICATION: 'optional',
      BRAND_NAME: 'Aperture Labs',
      ACCOUNT_LOCALE: 'de',
    });
  });
  afterAll(() => service?.end());

  it.each([
    '/account/unknown',
    '/account/%zz',
    '/account/%ff',
    '/account%2Fsign-in',
    '/account/a/b/c',
    `/account/${'a'.repeat(500)}`,
  ])('say to people on a page that there is none at %s, and to scripts in an error', async (path) => {
    const [page, error] = [await service.client.get(path, HTML), await service.client.get(path)];
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
    expect(page.body).toContain('Diese Seite gibt es nicht');
    expect([error.status, error.body.error]).toEqual([404, 'NOT_FOUND']);
  });

  it.each([
    ['/account/', '/account'],
    ['/account/sign-in/?next=%2Fa', '/account/sign-in?next=%2Fa'],
    ['/account//sign-in', '/account/sign-in'],
    ['/Account/Sign-Up', '/account/sign-up'],
    ['/account/mailbox/', '/account/mailbox'],
  ])('lead from %s to %s', async (path, meant) => {
    const answer = await service.client.get(path);
    expect([answer.status, answer.headers.get('location')]).toEqual([308, meant]);
  });

  it('leave other methods and other addresses alone', async () => {
    expect((await service.client.post('/ACCOUNT', {})).status).toBe(404);
    expect((await service.client.get('/accounts/', HTML)).body.error).toBe('NOT_FOUND');
  });

  it('the mailbox is a page, also where there is no mail', async () => {
    for (const [path, status] of [
      ['/account/mailbox', 200],
      ['/account/mailbox/99', 404],
    ] as const) {
      const answer = await service.client.get(path, HTML);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        status,
        'text/html; charset=utf-8',
      ]);
    }
  });

  it('the account page learns whether the address is proven, and the API does not tell', async () => {
    const email = newEmail();
    const { accessToken, user } = (await service.client.post('/auth/register', { email, password: PASSWORD }))
      .body;
    const headers = { authorization: `Bearer ${accessToken}` };
    const state = async () => (await service.client.get('/account/address', { headers })).body;
    expect(await state()).toEqual({ proven: false });
    expect(Object.keys(user)).not.toContain('proven');
    expect((await service.client.get('/account/address')).body.error).toBe('TOKEN_MISSING');
    expect((await service.client.get('/account/address', { headers })).headers.get('cache-control')).toBe(
      'no-store',
    );
    let token = '';
    await until(async () => {
      const { body } = await service.client.get('/account/mailbox', HTML);
      token = /\/account\/verify#t=(lk_[\w-]+)/.exec(body as string)?.[1] ?? '';
      return token !== '';
    });
    expect((await service.client.post('/auth/email/verify', { token })).status).toBe(204);
    expect(await state()).toEqual({ proven: true });
    expect(JSON.stringify((await service.client.get('/openapi.json')).body)).not.toContain(
      '/account/address',
    );
  });

  it('mails have the name and the language of the pages, and passwords must not contain the name', async () => {
    const { body } = await service.client.get('/account/mailbox', HTML);
    expect(body).toContain('Bestätigen Sie Ihre E-Mail-Adresse für Aperture Labs');
    const wrong = { email: newEmail(), password: 'x7 Aperture Labs q9 winter' };
    const answer = await service.client.post('/auth/register', wrong);
    expect(answer.body.details[0].message).toMatch(/name of this service/);
  });
});

it('without mail or without the pages, there is no state of the address (A285)', async () => {
  const withoutMail = { NODE_ENV: 'production', ACCOUNT_PAGES: 'on' };
  const withoutPages = { ACCOUNT_PAGES: 'off', EMAIL_VERIFICATION: 'optional' };
  for (const [settings, withSlash] of [
    [withoutMail, 308],
    [withoutPages, 404],
  ] as const) {
    const service = await start(settings);
    expect((await service.client.get('/account/address')).status).toBe(404);
    expect((await service.client.get('/account/', HTML)).status).toBe(withSlash);
    await service.end();
  }
}, 60_000);
