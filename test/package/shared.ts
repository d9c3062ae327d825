// What the hosts have in common: the same for ES modules and CommonJS.
import 'reflect-metadata';
import { Controller, Delete, Get, UseGuards } from '@nestjs/common';
import { type AuthUser, CurrentUser, JwtAuthGuard, Roles } from 'latchkey';

@Controller('orders')
@UseGuards(JwtAuthGuard)
export class OrdersController {
  @Get()
  list(@CurrentUser() user: AuthUser) {
    return { owner: user.id };
  }

  @Roles('admin')
  @Delete()
  removeAll() {
    return { removed: true };
  }
}

export const authOptions = {
  jwt: {
    accessPrivateKey: process.env.JWT_ACCESS_PRIVATE_KEY!,
    refreshSecret: process.env.JWT_REFRESH_SECRET!,
  },
  sessions: { leeway: '1s' },
  passwords: { bcryptCost: 10 },
} as const;
