import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authEntities, authMigrations, AuthModule } from 'latchkey';
import { OrdersController } from './orders.controller.js';

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL,
      entities: [...authEntities], // and your own
      migrations: [...authMigrations],
      migrationsRun: true,
    }),
    AuthModule.forRoot({
      jwt: { accessSecret: process.env.JWT_ACCESS_SECRET!, refreshSecret: process.env.JWT_REFRESH_SECRET! },
    }),
  ],
  controllers: [OrdersController],
})
export class AppModule {}
