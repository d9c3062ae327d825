import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppModule } from './app.js';

async function main() {
  const app = await NestFactory.create(AppModule, new ExpressAdapter(), { logger: ['warn', 'error'] });
  await app.listen(0, '127.0.0.1');
  console.log(`listens on ${await app.getUrl()}`);
}

void main();
