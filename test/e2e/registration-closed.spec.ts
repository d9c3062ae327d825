import { AccountAdmin, type AuthModuleOptions } from '../../src/index.js';
import { type Answer, newEmail, PASSWORD } from '../support/client.js';
import { type AdapterName, type Host, type HostSettings, startHost } from '../support/host-app.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { type ServiceHere, startServiceHere } from '../support/service-here.js';
import { productionSettings } from '../support/service-process.js';

const VARIANTS = [
  ['express', 'forRoot'],
  ['express', 'forRootAsync'],
  ['fastify', 'forRoot'],
  ['fastify', 'forRootAsync'],
] as const satisfies readonly [AdapterName, HostSettings['style']][];

const CLOSED: Partial<AuthModuleOptions> = {
  registration: false,
  rateLimits: { register: { limit: 1, per: '1m' } },
};

const shapeOf = ({ status, body, headers }: Answer, path: string) => ({
  status,
  body: JSON.parse(JSON.stringify(body).replaceAll(path, '/path')) as object,
  headers: Object.fromEntries(
    [...headers].filter(([name]) => !['date', 'etag', 'content-length'].includes(name)),
  ),
});

describe.each(VARIANTS)('closed registration on %s with %s', (adapter, style) => {
  let host: Host;
  beforeAll(async () => {
    host = await startHost({ adapter, style, options: CLOSED });
  });
  afterAll(() => host.close());

  it('answers like a route that does not exist, whatever the request, and however often', async () => {
    const foreign = { Origin: 'https://evil.example', 'X-Auth-Transport': 'cookie' };
    for (const call of [{}, { headers: foreign }, { headers: { 'content-type': 'text/plain' } }, {}]) {
      const account = { email: newEmail(), password: PASSWORD };
      const [closed, unknown] = [
        await host.client.post('/auth/register', account, call),
        await host.client.post('/auth/no-such-route', account, call),
      ];
      expect(closed.status).toBe(404);
      expect(shapeOf(closed, '/auth/register')).toEqual(shapeOf(unknown, '/auth/no-such-route'));
    }
    expect(await host.database.query('SELECT 1 FROM users')).toEqual([]);
  });

  it('leaves accounts to the administrator', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    await host.app.get(AccountAdmin).create(account);
    expect((await host.client.post('/auth/login', account)).status).toBe(200);
  });
});

it.each(VARIANTS)('registration is open by default on %s with %s', async (adapter, style) => {
  const host = await startHost({ adapter, style });
  const { status } = await host.client.post('/auth/register', { email: newEmail(), password: PASSWORD });
  expect(status).toBe(201);
  await host.close();
});

describe('the service with REGISTRATION=off', () => {
  let database: TestDatabase;
  let service: ServiceHere;
  beforeAll(async () => {
    database = await createDatabase();
    service = await startServiceHere({
      ...productionSettings(database.url),
      NODE_ENV: 'development',
      REGISTRATION: 'off',
    });
  });
  afterAll(async () => {
    await service?.end();
    await database?.drop();
  });

  it('has no registration: no route, no page, no link, no operation', async () => {
    const account = { email: newEmail(), password: PASSWORD };
    const closed = await service.client.post('/auth/register', account);
    const unknown = await service.client.post('/auth/no-such-route', account);
    expect(closed.status).toBe(404);
    expect({ ...closed.body, requestId: '' }).toEqual({ ...unknown.body, requestId: '' });
    expect((await service.client.get('/account/sign-up')).status).toBe(404);
    for (const page of ['/', '/account/sign-in'])
      expect((await service.client.get(page)).body).not.toContain('sign-up');
    const { body: document } = await service.client.get('/openapi.json');
    expect(Object.keys(document.paths)).toContain('/auth/login');
    expect(Object.keys(document.paths)).not.toContain('/auth/register');
  });
});
