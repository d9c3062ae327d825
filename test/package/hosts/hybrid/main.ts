import type { AddressInfo, Server } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { type MicroserviceOptions, Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { AppModule, ports } from './app.js';

const app = await NestFactory.create(AppModule, new FastifyAdapter(), { logger: ['warn', 'error'] });
app.useWebSocketAdapter(new WsAdapter(app));
const messages = app.connectMicroservice<MicroserviceOptions>(
  { transport: Transport.TCP, options: { host: '127.0.0.1', port: 0 } },
  { inheritAppConfig: true },
);
await app.startAllMicroservices();
ports.messages = (messages.unwrap<Server>().address() as AddressInfo).port;
await app.listen(0, '127.0.0.1');
console.log(`listens on ${await app.getUrl()}`);
