import 'reflect-metadata';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { AuthModule, JwtAuthGuard, Roles } from 'latchkey';
import { FakeClock, inMemoryAuth, signIn } from 'latchkey/testing';

@Controller('orders')
@UseGuards(JwtAuthGuard)
class OrdersController {
  @Get()
  @Roles('admin')
  list() {
    return { orders: [] };
  }
}

@Module({ controllers: [OrdersController] })
class OrdersModule {}

/**
 * The guide's first example. Resolves with the status of a request with a new token and with the same token expired.
 */
export async function statuses(): Promise<number[]> {
  const clock = new FakeClock();
  const module = await Test.createTestingModule({
    imports: [AuthModule.forRoot(inMemoryAuth({ clock: clock.now })), OrdersModule],
  }).compile();
  const app = module.createNestApplication();
  await app.listen(0);
  try {
    const { headers } = await signIn(app, { roles: ['admin'] });
    const ask = async () => (await fetch(`${await app.getUrl()}/orders`, { headers })).status;
    const first = await ask();
    clock.advance('16m');
    return [first, await ask()];
  } finally {
    await app.close();
  }
}
