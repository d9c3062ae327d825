import { Controller, Get, Injectable, Module, UseGuards } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { type AuthUser, CurrentUser, JwtAuthGuard, Roles } from 'latchkey';

@Injectable()
class OrdersService {
  listOf(owner: string) {
    return { owner };
  }
}

@Controller('orders')
@UseGuards(JwtAuthGuard)
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Get()
  list(@CurrentUser() user: AuthUser) {
    return this.orders.listOf(user.id);
  }

  @Roles('admin')
  @Get('all')
  all() {
    return this.orders.listOf('everyone');
  }
}

@Module({
  controllers: [OrdersController],
  providers: [OrdersService],
})
export class OrdersModule {}

/** The same, in an app whose routes all need a token. */
@Module({
  imports: [OrdersModule],
  providers: [{ provide: APP_GUARD, useExisting: JwtAuthGuard }],
})
export class GuardedModule {}
