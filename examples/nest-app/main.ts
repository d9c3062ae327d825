import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';

// On Express: NestFactory.create(AppModule, …), without the adapter.
const options = { logger: ['error' as const, 'warn' as const] };
const app = await NestFactory.create<NestFastifyApplication>(AppModule, new FastifyAdapter(), options);
app.enableShutdownHooks();
await app.listen(process.env.PORT ?? 3000, '127.0.0.1');
console.log(`The shop listens on ${await app.getUrl()}`);
