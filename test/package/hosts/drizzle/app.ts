// An app on Drizzle with the store of the guide. The schema of our tables is not called like the user of the database.
import { Module } from '@nestjs/common';
import { AuthModule } from 'latchkey';
import { DatabaseModule, DrizzleUserStore } from './drizzle.js';
import { authOptions, OrdersController } from './shared.js';

@Module({
  imports: [
    AuthModule.forRoot({
      ...authOptions,
      database: { url: process.env.DATABASE_URL!, schema: 'auth' },
      userStore: DrizzleUserStore,
      imports: [DatabaseModule],
    }),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
