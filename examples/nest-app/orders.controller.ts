import { Body, Controller, Delete, Get, Post, UseGuards } from '@nestjs/common';
import { type AuthUser, CurrentUser, JwtAuthGuard, Public, Roles, StepUp } from 'latchkey';

interface Order {
  owner: string;
  item: string;
}

@Controller('orders')
@UseGuards(JwtAuthGuard) // every route below needs an access token, unless it is public
export class OrdersController {
  private orders: Order[] = []; // your database

  @Public()
  @Get('prices')
  prices() {
    return { tea: 3, coffee: 4 };
  }

  @Post()
  add(@CurrentUser() user: AuthUser, @Body('item') item: string): Order {
    const order = { owner: user.id, item };
    this.orders.push(order);
    return order;
  }

  @Get()
  mine(@CurrentUser('id') userId: string): Order[] {
    return this.orders.filter(({ owner }) => owner === userId);
  }

  @StepUp({ maxAge: '5m' }) // needs the password again, unless the user has just logged in
  @Delete()
  cancelAll(@CurrentUser('id') userId: string): Order[] {
    this.orders = this.orders.filter(({ owner }) => owner !== userId);
    return this.mine(userId);
  }

  @Roles('admin')
  @Get('all')
  all(): Order[] {
    return this.orders;
  }
}
