import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule, type AuthModuleOptions } from '../index.js';
import { serviceDatabase } from './database.js';
import { HealthController } from './health/health.controller.js';
import { ShutdownState } from './health/shutdown-state.js';
import { AnyErrorFilter } from './http/any-error.filter.js';
import { ProtectedController } from './protected.controller.js';

export interface AppSettings {
  databaseUrl: string;
  databasePoolSize?: number;
  auth: AuthModuleOptions;
}

/** The standalone service: the module as any host imports it, and what a service needs around it. */
@Module({})
export class AppModule {
  static with({ databaseUrl, databasePoolSize, auth }: AppSettings): DynamicModule {
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({ ...serviceDatabase(databaseUrl, databasePoolSize), retryAttempts: 0 }),
        AuthModule.forRoot(auth),
      ],
      controllers: [ProtectedController, HealthController],
      providers: [ShutdownState, { provide: APP_FILTER, useClass: AnyErrorFilter }],
    };
  }
}
