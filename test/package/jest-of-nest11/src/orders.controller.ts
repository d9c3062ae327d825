import { Controller, Get, UseGuards } from '@nestjs/common';
import { type AuthUser, CurrentUser, JwtAuthGuard } from 'latchkey';

@Controller('orders')
@UseGuards(JwtAuthGuard)
export class OrdersController {
  @Get()
  list(@CurrentUser() user: AuthUser) {
    return { owner: user.id };
  }
}
