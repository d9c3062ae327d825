// A Nest app with the guard of better-auth's package for Nest, on Fastify. As with Latchkey, the guard is on one route.
import 'reflect-metadata';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuthGuard, AuthModule } from '@thallesp/nestjs-better-auth';
import { betterAuthOn, cookiesOfUsers } from '../lib/better-auth.js';
import { options, ready } from '../lib/contender.js';
import { decorate } from '../lib/decorate.js';
import { freePort } from '../lib/free-port.js';

const { databaseUrl, cookieCache } = options;

class BenchController {
  guarded() {
    return { ok: true };
  }
}
decorate([Controller()], BenchController);
decorate([Get('guarded'), UseGuards(AuthGuard)], BenchController, 'guarded');

// It must know its address before it listens.
const port = await freePort();
const url = `http://127.0.0.1:${port}`;
const auth = await betterAuthOn(databaseUrl, { url, cookieCache });

class BenchModule {}
decorate(
  [
    Module({
      imports: [AuthModule.forRoot({ auth, disableGlobalAuthGuard: true })],
      controllers: [BenchController],
    }),
  ],
  BenchModule,
);

const app = await NestFactory.create(BenchModule, new FastifyAdapter(), {
  bodyParser: false, // as its documentation says: it installs its own
  logger: ['error'],
});
await app.listen(port, '127.0.0.1');
const { status } = await fetch(`${url}/guarded`);
if (status !== 401) throw new Error(`Without a session, the guarded route answered ${status}.`);
ready({ url, cookies: await cookiesOfUsers(url) });
