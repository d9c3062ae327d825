// Every route needs a token, except those that are marked as public.
import { Controller, Get, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { JwtAuthGuard, Public } from 'latchkey';

@Controller()
class ShopController {
  @Public()
  @Get('prices')
  prices() {
    return { open: true };
  }

  @Get('stock')
  stock() {
    return { closed: true };
  }
}

@Module({
  controllers: [ShopController],
  providers: [{ provide: APP_GUARD, useExisting: JwtAuthGuard }],
})
export class ShopModule {}
