// The app of somebody who installs the package.
import { Module } from '@nestjs/common';
import { AuthModule } from 'latchkey';
import { database } from './database.js';
import { authOptions, OrdersController } from './shared.js';

@Module({
  imports: [database, AuthModule.forRoot(authOptions)],
  controllers: [OrdersController],
})
export class AppModule {}
