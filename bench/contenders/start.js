// A Nest app that only starts: alone, with TypeORM, or with AuthModule as well, as packages load it.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { options, ready } from '../lib/contender.js';
import { decorate } from '../lib/decorate.js';
import { jwtOptions } from '../lib/keys.js';

const imports = [];
if (options.what !== 'nest') {
  const { TypeOrmModule } = await import('@nestjs/typeorm');
  const ours = options.what === 'latchkey' ? await import('../../dist/esm/index.js') : undefined;
  imports.push(
    TypeOrmModule.forRoot({ type: 'postgres', url: options.databaseUrl, entities: ours?.authEntities ?? [] }),
  );
  if (ours) imports.push(ours.AuthModule.forRoot({ jwt: jwtOptions('HS256') }));
}

class StartModule {}
decorate([Module({ imports })], StartModule);
const app = await NestFactory.create(StartModule, new FastifyAdapter(), { logger: ['error'] });
await app.listen(0, '127.0.0.1');
ready({ url: await app.getUrl() });
