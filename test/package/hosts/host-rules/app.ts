// The app of the rules: the shared one, with its own words in the OpenAPI document.
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiProperty } from '@nestjs/swagger';
import { AuthModule, JwtAuthGuard } from 'latchkey';
import { database } from './database.js';
import { authOptions, OrdersController } from './shared.js';

/** A name that one of our schemas has as well. */
class User {
  @ApiProperty()
  shoeSize: number;
}

@ApiBearerAuth()
@UseGuards(JwtAuthGuard)
@Controller('shoes')
class ShoesController {
  @ApiOkResponse({ type: User })
  @Get()
  mine(): User {
    return { shoeSize: 38 };
  }
}

@Module({
  imports: [database, AuthModule.forRoot(authOptions)],
  controllers: [OrdersController, ShoesController],
})
export class AppModule {}
