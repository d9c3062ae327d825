import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import {
  Controller,
  Delete,
  Get,
  type INestApplication,
  type LoggerService,
  Module,
  type Provider,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { TypeOrmModule } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import {
  authEntities,
  authMigrations,
  AuthModule,
  type AuthModuleOptions,
  type AuthModuleParts,
  type AuthUser,
  CurrentUser,
  JwtAuthGuard,
  Permissions,
  Public,
  Roles,
} from '../../src/index.js';
import { CheapPasswordHasher } from '../../src/testing/cheap-password-hasher.js';
import { ExpressAdapter } from '../express/adapter.js';
import { Client } from './client.js';
import { createMigratedDatabase } from './postgres.js';

@Controller('orders')
@UseGuards(JwtAuthGuard)
class OrdersController {
  @Get()
  list(@CurrentUser() user: AuthUser) {
    return { user };
  }

  @Get('mine')
  mine(@CurrentUser('id') id: string) {
    return { id };
  }

  @Public()
  @Get('prices')
  prices() {
    return { prices: [] };
  }

  @Roles('admin', 'owner')
  @Delete(':id')
  remove() {
    return { removed: true };
  }

  @Permissions('orders:read', 'orders:export')
  @Get('export')
  export() {
    return { exported: true };
  }

  @Public()
  @Roles('admin')
  @Get('contradiction')
  contradiction() {
    return { reached: true };
  }
}

/** Does not import AuthModule: guards work anyway. */
@Module({ controllers: [OrdersController] })
class OrdersModule {}

export type AdapterName = 'express' | 'fastify';

export interface HostSettings {
  adapter?: AdapterName;
  style?: 'forRoot' | 'forRootAsync';
  options?: Partial<AuthModuleOptions>;
  parts?: AuthModuleParts;
  providers?: Provider[];
  controllers?: Type<unknown>[];
  /** A database to share; without it, the host creates a database for itself. */
  databaseUrl?: string;
  /** How many connections requests share. Default: 8. */
  poolSize?: number;
  logger?: LoggerService;
  /** Called before the app listens, as in `main.ts`. */
  prepare?: (app: INestApplication) => void;
}

export interface Host {
  app: INestApplication;
  client: Client;
  database: DataSource;
  /** How many milliseconds the host's clock runs ahead of real time. */
  clock: { offset: number };
  secrets: { access: string; refresh: string };
  close(): Promise<void>;
}

const secret = () => randomBytes(48).toString('base64url');

const hasKeyPair = (jwt?: AuthModuleOptions['jwt']) => Boolean(jwt?.accessPrivateKey ?? jwt?.keyRing);

/** A small app that imports AuthModule. */
export async function startHost(settings: HostSettings = {}): Promise<Host> {
  const own = settings.databaseUrl ? undefined : await createMigratedDatabase();
  const clock = { offset: 0 };
  const secrets = { access: secret(), refresh: secret() };
  // Tests that depend on password hashing set it; all others need not wait for it.
  const parts = {
    ...(!settings.options?.passwords && { passwordHasher: CheapPasswordHasher }),
    ...settings.parts,
  };
  const options: AuthModuleOptions = {
    rateLimits: false,
    cookies: { secure: false },
    clock: () => Date.now() + clock.offset,
    ...settings.options,
    jwt: {
      ...(!hasKeyPair(settings.options?.jwt) && { accessSecret: secrets.access }),
      refreshSecret: secrets.refresh,
      ...settings.options?.jwt,
    },
  };

  @Module({
    imports: [
      TypeOrmModule.forRoot({
        type: 'postgres',
        url: settings.databaseUrl ?? own!.url,
        entities: [...authEntities],
        migrations: [...authMigrations],
        migrationsRun: true,
        retryAttempts: 0,
        extra: { max: settings.poolSize ?? 8, connectionTimeoutMillis: 10_000 },
      }),
      settings.style === 'forRootAsync'
        ? AuthModule.forRootAsync({ ...parts, useFactory: async () => options })
        : AuthModule.forRoot({ ...options, ...parts }),
      OrdersModule,
    ],
    controllers: settings.controllers ?? [],
    providers: settings.providers ?? [],
  })
  class HostModule {}

  const adapter = settings.adapter === 'fastify' ? new FastifyAdapter() : new ExpressAdapter();
  const app = await NestFactory.create(HostModule, adapter, {
    logger: settings.logger ?? false,
    abortOnError: false,
  });
  settings.prepare?.(app);
  await app.listen(0, '127.0.0.1');
  return {
    app,
    client: new Client(await app.getUrl()),
    database: app.get(DataSource),
    clock,
    secrets,
    close: async () => {
      await app.close();
      await own?.drop();
    },
  };
}
