import type { Answer } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database?.drop());

const start = (settings: Record<string, string> = {}): Promise<ServiceHere> =>
  startServiceHere({ ...productionSettings(database.url), NODE_ENV: 'development', ...settings });

const linksOf = ({ body }: Answer) =>
  [...(body as string).matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link]) => link!);

describe('the start page in development', () => {
  let service: ServiceHere;
  beforeAll(async () => {
    service = await start();
  });
  afterAll(() => service?.end());

  it('is a page under the policy of the account pages', async () => {
    const [page, account] = [await service.client.get('/'), await service.client.get('/account')];
    expect(page.status).toBe(200);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    for (const header of ['content-security-policy', 'cache-control'])
      expect(page.headers.get(header)).toBe(account.headers.get(header));
    expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(page.body).toContain('<h1>');
  });

  it('links the account pages, the API docs and health, and every link answers', async () => {
    const links = linksOf(await service.client.get('/'));
    expect(links).toEqual(
      expect.arrayContaining(['/account', '/account/sign-up', '/docs', '/openapi.json', '/health/ready']),
    );
    for (const link of links) {
      expect(link).toMatch(/^\/(?!\/)/); // nothing from elsewhere
      expect([link, (await service.client.get(link)).status]).toEqual([link, 200]);
    }
  });

  it('has the style of the account pages', async () => {
    const [own, accounts] = [
      await service.client.get('/style.css'),
      await service.client.get('/account/style.css'),
    ];
    expect(own.headers.get('content-type')).toBe('text/css; charset=utf-8');
    expect(own.body).toBe(accounts.body);
  });

  it('answers HEAD like GET, and no other method', async () => {
    for (const path of ['/', '/style.css']) {
      const head = await service.client.call(path, { method: 'HEAD' });
      expect([head.status, head.body]).toEqual([200, '']);
      const post = await service.client.post(path, {});
      expect([post.status, post.body.error]).toEqual([405, 'METHOD_NOT_ALLOWED']);
      expect(post.headers.get('allow')).toBe('GET, HEAD');
    }
  });

  it('is not in the OpenAPI document', async () => {
    const paths = Object.keys((await service.client.get('/openapi.json')).body.paths as object);
    expect(paths.filter((path) => path === '/' || path === '/style.css')).toEqual([]);
  });
});

it('the start page links only what is on', async () => {
  const service = await start({ ACCOUNT_PAGES: 'off', DOCS: 'off' });
  try {
    const page = await service.client.get('/');
    expect(page.status).toBe(200);
    expect(linksOf(page)).toEqual(['/style.css', '/account/mailbox', '/health/ready']);
    for (const link of linksOf(page)) expect((await service.client.get(link)).status).toBe(200);
  } finally {
    await service.end();
  }
});

it.each(['production', 'test'])('there is no start page in %s', async (mode) => {
  const service = await start({ NODE_ENV: mode, ACCOUNT_PAGES: 'on', DOCS: 'on' });
  try {
    for (const path of ['/', '/style.css']) {
      const answer = await service.client.get(path);
      expect([answer.status, answer.body.error]).toEqual([404, 'NOT_FOUND']);
    }
  } finally {
    await service.end();
  }
});
