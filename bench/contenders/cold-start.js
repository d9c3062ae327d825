// What a serverless platform does for the first request: loads a handler that builds its app, and calls it. Nothing listens.
import 'reflect-metadata';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authEntities, AuthModule, JwtAuthGuard } from '../../dist/esm/index.js';
import { options, ready } from '../lib/contender.js';
import { decorate } from '../lib/decorate.js';
import { jwtOptions } from '../lib/keys.js';

const { databaseUrl, accessToken, refreshToken } = options;

class OrdersController {
  list() {
    return [];
  }
}
decorate([Controller('orders')], OrdersController);
decorate([Get(), UseGuards(JwtAuthGuard)], OrdersController, 'list');

class ColdModule {}
decorate(
  [
    Module({
      imports: [
        TypeOrmModule.forRoot({ type: 'postgres', url: databaseUrl, entities: authEntities, poolSize: 1 }),
        AuthModule.forRoot({ jwt: jwtOptions('HS256') }),
      ],
      controllers: [OrdersController],
    }),
  ],
  ColdModule,
);

const app = await NestFactory.create(ColdModule, new FastifyAdapter(), { logger: ['error'] });
await app.init();
const handler = app.getHttpAdapter().getInstance();

/** Milliseconds from the start of the process until the answer. */
async function answered(request) {
  const { statusCode, body } = await handler.inject(request);
  if (statusCode !== 200) throw new Error(`${request.url}: ${statusCode} ${body}`);
  return performance.now();
}

const guarded = await answered({
  method: 'GET',
  url: '/orders',
  headers: { authorization: `Bearer ${accessToken}` },
});
const refreshed = await answered({ method: 'POST', url: '/auth/refresh', payload: { refreshToken } });
ready({ guarded, refreshed });
