import { type DynamicModule, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AuthModule, type AuthModuleOptions } from '../index.js';
import { serviceDatabase } from '../settings/database.js';

/** The module with the service's database, without HTTP and without background jobs. */
@Module({})
export class CliModule {
  static with({ databaseUrl, auth }: { databaseUrl: string; auth: AuthModuleOptions }): DynamicModule {
    return {
      module: CliModule,
      imports: [
        TypeOrmModule.forRoot({ ...serviceDatabase(databaseUrl), retryAttempts: 0 }),
        AuthModule.forRoot({ ...auth, cleanupEvery: '0s', controllers: [] }),
      ],
    };
  }
}
