import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule } from 'latchkey';
import { inMemoryAuth, signIn } from 'latchkey/testing';
import { GuardedModule, OrdersModule } from './orders.controller.js';

describe.each([
  ['a guard of its own', OrdersModule],
  ['a global guard, too', GuardedModule],
])('OrdersController with %s', (_, Orders) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [AuthModule.forRoot(inMemoryAuth()), Orders],
    }).compile();
    app = module.createNestApplication();
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });
  afterAll(() => app.close());

  it('knows who asks', async () => {
    const { headers, user } = await signIn(app);
    const answer = await fetch(`${url}/orders`, { headers });
    expect(await answer.json()).toEqual({ owner: user.id });
  });

  it('enforces roles', async () => {
    const [user, admin] = [await signIn(app), await signIn(app, { roles: ['admin'] })];
    expect((await fetch(`${url}/orders/all`, { headers: user.headers })).status).toBe(403);
    expect((await fetch(`${url}/orders/all`, { headers: admin.headers })).status).toBe(200);
  });

  it('answers 401 without a token', async () => {
    expect((await fetch(`${url}/orders`)).status).toBe(401);
  });
});
