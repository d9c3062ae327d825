import { Body, Controller, Get, Post, UseGuards } from '@nestjs/common';
import { type AuthUser, CurrentUser, JwtAuthGuard, Public, Roles } from 'latchkey';

interface Order {
  owner: string;
  item: string;
}

@Controller('orders')
@UseGuards(JwtAuthGuard) // every route below needs an access token, unless it is public
export class OrdersController {
  private readonly orders: Order[] = []; // your database

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

  @Roles('admin')
  @Get('all')
  all(): Order[] {
    return this.orders;
  }
}
