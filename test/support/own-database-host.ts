import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { type INestApplication, type LoggerService, Module, type ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { AuthModule, type AuthModuleOptions, type AuthModuleParts } from '../../src/index.js';
import { CheapPasswordHasher } from '../../src/testing/cheap-password-hasher.js';
import { Client } from './client.js';

export interface OwnDatabaseHost {
  app: INestApplication;
  client: Client;
}

export interface OwnDatabaseSettings {
  options?: Partial<AuthModuleOptions>;
  parts?: AuthModuleParts;
  imports?: ModuleMetadata['imports'];
  style?: 'forRoot' | 'forRootAsync';
  logger?: LoggerService | false;
}

const secret = () => randomBytes(48).toString('base64url');

/** A host without TypeORM: the module brings its own connections. */
export async function startOwnDatabaseHost(
  database: unknown,
  { options, parts, imports = [], style = 'forRoot', logger = false }: OwnDatabaseSettings = {},
): Promise<OwnDatabaseHost> {
  const given: AuthModuleOptions = {
    jwt: { accessSecret: secret(), refreshSecret: secret() },
    database: database as AuthModuleOptions['database'],
    rateLimits: false,
    cookies: { secure: false },
    ...options,
  };
  const all = { passwordHasher: CheapPasswordHasher, ...parts };
  @Module({
    imports: [
      ...imports,
      style === 'forRootAsync'
        ? AuthModule.forRootAsync({ ...all, useFactory: async () => given })
        : AuthModule.forRoot({ ...given, ...all }),
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
