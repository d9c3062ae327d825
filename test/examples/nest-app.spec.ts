import { randomBytes } from 'node:crypto';
import { Client as Postgres } from 'pg';
import { shopClient } from '../../examples/nest-app/shop-client.js';
import { type Client, newEmail, PASSWORD } from '../support/client.js';
import { createDatabase, type TestDatabase } from '../support/postgres.js';
import { fromSources, type ServiceProcess, startServiceProcess } from '../support/service-process.js';

const secret = () => randomBytes(48).toString('base64url');

describe('nest-app', () => {
  let database: TestDatabase;
  let shop: ServiceProcess;
  let client: Client;
  beforeAll(async () => {
    database = await createDatabase();
    const settings = {
      DATABASE_URL: database.url,
      JWT_ACCESS_SECRET: secret(),
      JWT_REFRESH_SECRET: secret(),
      PORT: '0',
    };
    shop = await startServiceProcess(settings, fromSources('examples/nest-app/main.ts'));
    client = shop.client;
  });
  afterAll(async () => {
    await shop?.end();
    await database.drop();
  });

  /** Registers a user and logs in again, as a browser or an app would. */
  async function loggedIn(roles: string[] = []) {
    const account = { email: newEmail(), password: PASSWORD };
    expect((await client.post('/auth/register', account)).status).toBe(201);
    if (roles.length > 0) await grant(account.email, roles);
    const answer = await client.post('/auth/login', account);
    expect(answer.status).toBe(200);
    return { token: answer.body.accessToken as string, id: answer.body.user.id as string };
  }

  const grant = (email: string, roles: string[]) =>
    change('UPDATE users SET roles = $1 WHERE email = $2', [roles, email]);

  async function change(sql: string, values: unknown[]) {
    const postgres = new Postgres(database.url);
    await postgres.connect();
    await postgres.query(sql, values);
    await postgres.end();
  }

  it('answers on its public route without a token', async () => {
    const answer = await client.get('/orders/prices');
    expect([answer.status, answer.body]).toEqual([200, { tea: 3, coffee: 4 }]);
  });

  it('shows users their own orders, and only after a login', async () => {
    const refused = await client.get('/orders');
    expect([refused.status, refused.body.error]).toEqual([401, 'TOKEN_MISSING']);
    const [ada, bob] = [await loggedIn(), await loggedIn()];
    const ordered = await client.post('/orders', { item: 'tea' }, { token: ada.token });
    expect([ordered.status, ordered.body]).toEqual([201, { owner: ada.id, item: 'tea' }]);
    expect((await client.get('/orders', { token: ada.token })).body).toEqual([ordered.body]);
    expect((await client.get('/orders', { token: bob.token })).body).toEqual([]);
  });

  it('shows all orders only to administrators', async () => {
    const [user, admin] = [await loggedIn(), await loggedIn(['admin'])];
    const order = (await client.post('/orders', { item: 'coffee' }, { token: user.token })).body;
    const refused = await client.get('/orders/all', { token: user.token });
    expect([refused.status, refused.body.error]).toEqual([403, 'FORBIDDEN']);
    const answer = await client.get('/orders/all', { token: admin.token });
    expect(answer.status).toBe(200);
    expect(answer.body).toContainEqual(order);
  });

  it('asks for the password before all orders are canceled, if the login was some time ago', async () => {
    const answers = [PASSWORD, null];
    const asked: string[] = [];
    const browser = shopClient({ baseUrl: client.url, transport: 'body' }, (question) => {
      asked.push(question);
      return answers.shift()!;
    });
    const cancelAll = () => browser.fetch('orders', { method: 'DELETE' });
    const { id } = (await browser.register({ email: newEmail(), password: PASSWORD })) as { id: string };
    expect((await cancelAll()).status).toBe(200);
    const age = async () => {
      const earlier = `created_at = created_at - interval '10 min', auth_time = auth_time - interval '10 min'`;
      await change(`UPDATE refresh_tokens SET ${earlier} WHERE user_id = $1`, [id]);
      await browser.refresh();
    };
    await age();
    expect(asked).toEqual([]);
    const canceled = await cancelAll();
    expect([canceled.status, await canceled.json(), asked.length]).toEqual([200, [], 1]);
    await age();
    expect([(await cancelAll()).status, asked.length]).toEqual([401, 2]);
    browser.close();
  });
});
