// The core alone, without HTTP, on a table of any size: the cost of each kind of work in the database.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authEntities, authMigrations, AuthModule, Cleanup, TokensService } from '../../dist/index.js';
import { options, ready } from '../lib/contender.js';
import { decorate } from '../lib/decorate.js';
import { jwtOptions } from '../lib/keys.js';
import { firstJtiOf, sidOf, userOf } from '../lib/session-rows.js';
import { quantile } from '../lib/stats.js';

const { databaseUrl, count } = options;

class SessionsModule {}
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
          poolSize: 16,
        }),
        AuthModule.forRoot({ jwt: jwtOptions('HS256'), rateLimits: false, cleanupEvery: '0s' }),
      ],
    }),
  ],
  SessionsModule,
);
const app = await NestFactory.createApplicationContext(SessionsModule, { logger: ['error'] });
const tokens = app.get(TokensService);
const anyone = () => Math.floor(Math.random() * count);
const jtis = new Map();
const inUse = new Set();
/** Of two refreshes of one session at once, the later answer may have the earlier token. */
const withOne = async (work) => {
  let n;
  do n = anyone();
  while (inUse.has(n));
  inUse.add(n);
  await work(n);
  inUse.delete(n);
};

const kinds = {
  /** For any session: the pages it needs are hardly ever the ones just used. */
  refresh: () =>
    withOne(async (n) => {
      const pair = await tokens.rotate({ sid: sidOf(n), jti: jtis.get(n) ?? firstJtiOf(n), sub: userOf(n) });
      jtis.set(n, JSON.parse(Buffer.from(pair.refreshToken.split('.')[1], 'base64url')).jti);
    }),
  'session start': () => tokens.issue({ id: userOf(anyone()), roles: ['reader'], permissions: [] }),
  list: () => tokens.sessionsOf(userOf(anyone())),
};

ready(
  {},
  {
    work: async ({ kind, seconds }) => {
      const began = performance.now();
      const { user, system } = process.cpuUsage();
      const latencies = [];
      const worker = async () => {
        do {
          const start = performance.now();
          await kinds[kind]();
          latencies.push(performance.now() - start);
        } while (performance.now() - began < seconds * 1000);
      };
      await Promise.all(Array.from({ length: 16 }, worker));
      const used = process.cpuUsage();
      return {
        rate: (latencies.length * 1000) / (performance.now() - began),
        cpu: (used.user + used.system - user - system) / latencies.length,
        p50: quantile(latencies, 0.5),
        p99: quantile(latencies, 0.99),
      };
    },
    /** Milliseconds per thousand rows. */
    cleanUp: async () => {
      const began = performance.now();
      const deleted = await app.get(Cleanup).run();
      return { deleted, ms: ((performance.now() - began) * 1000) / deleted };
    },
  },
);
