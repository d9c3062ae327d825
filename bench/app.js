// The app under measurement: one route without a guard, one behind a trivial guard, one behind JwtAuthGuard.
import 'reflect-metadata';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authEntities, authMigrations, AuthModule, JwtAuthGuard, TokensService } from '../dist/index.js';

const decorate = (decorators, target, key) => {
  const descriptor = key ? Object.getOwnPropertyDescriptor(target.prototype, key) : undefined;
  for (const decorator of decorators) decorator(key ? target.prototype : target, key, descriptor);
};

class TrivialGuard {
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    request.user = { id: request.headers.authorization };
    return true;
  }
}

class BenchController {
  open() {
    return { ok: true };
  }

  trivial() {
    return { ok: true };
  }

  guarded() {
    return { ok: true };
  }
}
decorate([Controller()], BenchController);
decorate([Get('unguarded')], BenchController, 'open');
decorate([Get('trivial'), UseGuards(TrivialGuard)], BenchController, 'trivial');
decorate([Get('guarded'), UseGuards(JwtAuthGuard)], BenchController, 'guarded');

class BenchModule {}
decorate(
  [
    Module({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: process.env.DATABASE_URL,
          entities: authEntities,
          migrations: authMigrations,
          migrationsRun: true,
        }),
        AuthModule.forRoot({
          jwt: { algorithm: 'HS256', accessSecret: 'access '.repeat(8), refreshSecret: 'refresh '.repeat(8) },
        }),
      ],
      controllers: [BenchController],
    }),
  ],
  BenchModule,
);

const app = await NestFactory.create(BenchModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
const { accessToken } = await app
  .get(TokensService)
  .issue({ id: 'bench', roles: ['reader'], permissions: [] });
process.send({ url: await app.getUrl(), accessToken });
process.on('disconnect', () => process.exit());
