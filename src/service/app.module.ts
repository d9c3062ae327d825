import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { EventEmitterModule } from '@nestjs/event-emitter';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule } from '../index.js';
import { type Configuration, poolerModeOf } from '../settings/configuration.js';
import { serviceDatabase } from '../settings/database.js';
import { AuditAccess } from './audit/audit-access.js';
import { AuditEventsController } from './audit/audit-events.controller.js';
import { HealthController } from './health/health.controller.js';
import { Readiness } from './health/readiness.js';
import { ShutdownState } from './health/shutdown-state.js';
import { AnyErrorFilter } from './http/any-error.filter.js';
import { ProbeLog } from './http/probe-log.js';
import { metricsProviders } from './metrics/metrics.providers.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { servedPages } from './pages/served-pages.js';
import { ProtectedController } from './protected.controller.js';

/** The standalone service: the module as any host would import it, plus what a service needs. */
@Module({})
export class AppModule {
  static with(databaseUrl: string, configuration: Configuration, probes: ProbeLog): DynamicModule {
    const pages = servedPages(configuration);
    const { auditExportTokens } = configuration;
    return {
      module: AppModule,
      imports: [
        TypeOrmModule.forRoot({
          ...serviceDatabase(databaseUrl, {
            schema: configuration.databaseSchema,
            poolSize: configuration.databasePoolSize,
            pooler: poolerModeOf(configuration),
          }),
          // The database has just run the migrations, so a failure here means that the machine is busy starting other
          // processes.
          retryAttempts: 5,
          retryDelay: 500,
        }),
        EventEmitterModule.forRoot(),
        AuthModule.forRoot(configuration.auth),
      ],
      controllers: [
        ProtectedController,
        HealthController,
        MetricsController,
        ...(auditExportTokens ? [AuditEventsController] : []),
        ...pages.controllers,
      ],
      providers: [
        ShutdownState,
        { provide: ProbeLog, useValue: probes },
        { provide: AuditAccess, useValue: new AuditAccess(auditExportTokens ?? []) },
        Readiness,
        ...pages.providers,
        { provide: APP_FILTER, useClass: AnyErrorFilter },
        ...metricsProviders(configuration),
      ],
    };
  }
}
