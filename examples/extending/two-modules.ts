// Customers and staff: two AuthModules in one app. A token of one is worth nothing to the other.
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authEntities, authMigrations, AuthModule, type AuthUser, CurrentUser, JwtAuthGuard } from 'latchkey';

const dataSourceOf = (name: string) =>
  TypeOrmModule.forRoot({
    name,
    type: 'postgres',
    url: process.env.DATABASE_URL!,
    schema: name, // create it before the first start: CREATE SCHEMA customers
    entities: [...authEntities],
    migrations: [...authMigrations],
    migrationsRun: true,
  });

const authOf = (name: string) =>
  AuthModule.forRoot({
    isGlobal: false,
    path: { auth: `${name}/auth`, oauth: `${name}/oauth`, wellKnown: `${name}/.well-known` },
    dataSource: name,
    jwt: {
      accessSecret: process.env[`${name.toUpperCase()}_ACCESS_SECRET`]!,
      refreshSecret: process.env[`${name.toUpperCase()}_REFRESH_SECRET`]!,
      audience: name,
    },
    cookies: { name },
  });

@UseGuards(JwtAuthGuard) // the customers' guard, because OrdersModule imports their AuthModule
@Controller('orders')
class OrdersController {
  @Get()
  list(@CurrentUser() { id }: AuthUser) {
    return { customer: id };
  }
}

@UseGuards(JwtAuthGuard)
@Controller('reports')
class ReportsController {
  @Get()
  list(@CurrentUser() { id }: AuthUser) {
    return { staff: id };
  }
}

@Module({ imports: [authOf('customers')], controllers: [OrdersController] })
class OrdersModule {}

@Module({ imports: [authOf('staff')], controllers: [ReportsController] })
class ReportsModule {}

@Module({ imports: [dataSourceOf('customers'), dataSourceOf('staff'), OrdersModule, ReportsModule] })
export class AppModule {}
