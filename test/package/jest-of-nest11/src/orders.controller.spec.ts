import { type INestApplication } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule } from 'latchkey';
import { inMemoryAuth, signIn } from 'latchkey/testing';
import { OrdersController } from './orders.controller';

describe('OrdersController', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [AuthModule.forRoot(inMemoryAuth())],
      controllers: [OrdersController],
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

  it('answers 401 without a token', async () => {
    expect((await fetch(`${url}/orders`)).status).toBe(401);
  });

  it('knows common passwords', async () => {
    const answer = await fetch(`${url}/auth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: 'ada@example.com', password: 'passwordpassword' }),
    });
    expect(answer.status).toBe(400);
  });
});
