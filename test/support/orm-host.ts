import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { type INestApplication, type LoggerService, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { AuthModule, type AuthModuleOptions, type AuthModuleParts } from '../../src/index.js';
import { CheapPasswordHasher } from '../../src/testing/cheap-password-hasher.js';
import { Client } from './client.js';

export interface OrmHost {
  app: INestApplication;
  client: Client;
}

const secret = () => randomBytes(48).toString('base64url');

/** A host with these options of TypeORM and nothing else: neither entities nor migrations. */
export async function startOrmHost(
  orm: Record<string, unknown> & { url: string },
  options: Partial<AuthModuleOptions & AuthModuleParts> = {},
  logger: LoggerService | false = false,
): Promise<OrmHost> {
  @Module({
    imports: [
      TypeOrmModule.forRoot({ type: 'postgres', retryAttempts: 0, ...orm } as TypeOrmModuleOptions),
      AuthModule.forRoot({
        jwt: { accessSecret: secret(), refreshSecret: secret() },
        rateLimits: false,
        cookies: { secure: false },
        passwordHasher: CheapPasswordHasher,
        ...options,
      }),
    ],
  })
  class HostModule {}
  const app = await NestFactory.create(HostModule, new FastifyAdapter(), { logger, abortOnError: false });
  try {
    await app.listen(0, '127.0.0.1');
  } catch (error) {
    await app.close().catch(() => undefined);
    throw error;
  }
  return { app, client: new Client(await app.getUrl()) };
}
