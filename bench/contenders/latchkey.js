// A host app: one route without a guard, one behind a trivial guard, the others behind JwtAuthGuard; and /auth.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { Controller, Get, Module, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import * as latchkey from '../../dist/index.js';
import { options, ready } from '../lib/contender.js';
import { decorate } from '../lib/decorate.js';
import { jwtOptions } from '../lib/keys.js';
import { tokenOffers } from '../lib/token-offers.js';

const { authEntities, authMigrations, AuthModule, AuthService, JwtAuthGuard, TokensService } = latchkey;
const {
  adapter = 'fastify',
  algorithm = 'HS256',
  verifiedTokens,
  bcryptCost,
  audit,
  databaseUrl,
  shards,
} = options;
const jwt = jwtOptions(algorithm);
/** With the port of a mail server: accounts by mail. */
const { mailPort } = options;
const byMail = mailPort && {
  publicUrl: 'https://auth.example.com',
  mail: { from: 'no-reply@example.com', smtp: `smtp://127.0.0.1:${mailPort}` },
};

/** With true: second factors and passkeys. */
const { factors } = options;
const byFactors = factors && {
  mfa: { encryptionSecrets: randomBytes(32).toString('base64url') },
  passkeys: { rpId: 'localhost', origins: ['http://localhost:3000'] },
};

class TrivialGuard {
  canActivate(context) {
    const request = context.switchToHttp().getRequest();
    request.user = { id: request.headers.authorization };
    return true;
  }
}

class BenchController {
  unguarded() {
    return { ok: true };
  }
  trivial() {
    return { ok: true };
  }
  guarded() {
    return { ok: true };
  }
  stateless() {
    return { ok: true };
  }
}
decorate([Controller()], BenchController);
decorate([Get('unguarded')], BenchController, 'unguarded');
decorate([Get('trivial'), UseGuards(TrivialGuard)], BenchController, 'trivial');
decorate([Get('guarded'), UseGuards(JwtAuthGuard)], BenchController, 'guarded');
decorate(
  [Get('stateless'), UseGuards(JwtAuthGuard), latchkey.RevocationCheck('stateless')],
  BenchController,
  'stateless',
);

class BenchModule {}
decorate(
  [
    Module({
      imports: [
        TypeOrmModule.forRoot({
          type: 'postgres',
          url: databaseUrl,
          entities: authEntities,
          migrations: authMigrations,
          migrationsRun: true,
          poolSize: 20,
        }),
        AuthModule.forRoot({
          jwt: { ...jwt, verifiedTokens },
          cookies: { secure: false },
          sessions: { maxPerUser: 0, shards },
          rateLimits: false,
          audit,
          passwords: { hashingQueue: 1000, bcryptCost },
          cleanupEvery: '0s',
          ...byMail,
          ...byFactors,
        }),
      ],
      controllers: [BenchController],
    }),
  ],
  BenchModule,
);

const adapterOf = {
  fastify: async () => new (await import('@nestjs/platform-fastify')).FastifyAdapter(),
  express: async () => new (await import('@nestjs/platform-express')).ExpressAdapter(),
};
const app = await NestFactory.create(BenchModule, await adapterOf[adapter](), { logger: ['error'] });
await app.listen(0, '127.0.0.1');

const account = { email: `bench-${process.pid}@example.com`, password: 'correct horse battery staple' };
const user = await app.get(AuthService).createUser(account);
const tokens = app.get(TokensService);
const newSessions = (count) => Promise.all(Array.from({ length: count }, () => tokens.issue(user)));
/** Each session belongs to a different user, as in real life. */
const newUsersSessions = async (count) => {
  const users = await app.get(DataSource).query(
    `INSERT INTO users (id, email) SELECT gen_random_uuid(), gen_random_uuid() || '@example.com'
     FROM generate_series(1, $1) RETURNING id`,
    [count],
  );
  return Promise.all(users.map(({ id }) => tokens.issue({ id, roles: ['reader'], permissions: [] })));
};
const accessTokens = (await newSessions(32)).map(({ accessToken }) => accessToken);
ready(
  { url: await app.getUrl(), account, accessTokens },
  {
    refreshTokens: async (count) => (await newUsersSessions(count)).map(({ refreshToken }) => refreshToken),
    /** Ends invented sessions, to measure the cost of remembering them. */
    fillRevocations: async ({ count }) => {
      const list = app.get(latchkey.RevocationList);
      const { randomUUID } = await import('node:crypto');
      for (let done = 0; done < count; done += 10_000) {
        const some = Array.from({ length: Math.min(10_000, count - done) }, () => ({
          kind: 'session',
          id: randomUUID(),
        }));
        await list.revoke(some, 3600);
      }
    },
    ...tokenOffers(jwt, accessTokens[0], tokens),
    cleanUp: () => app.get(latchkey.Cleanup).run(),
  },
);
