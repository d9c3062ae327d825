import { setImmediate } from 'node:timers/promises';
import type { Provider } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { setPooling } from '../../database/pooling.js';
import { AuthOptionsError } from '../../options/options-error.js';
import { ResolvedAuthOptions } from '../../options/resolve-options.js';
import { AuthDataSource } from '../auth-data-source.js';
import type { AuthModuleParts } from '../auth-module-parts.js';
import { assertEntities, ONE_DATABASE, usedTables } from '../own-tables.js';
import { authEntities } from '../schema.js';
import { provide } from './provide.js';

/**
 * The host's data source. It is injected as optional, so that a missing one is reported by us instead of Nest, and
 * after the options, so that their problems are reported first.
 */
export function dataSourceProvider(parts: AuthModuleParts): Provider {
  const name = parts.dataSource;
  const token = getDataSourceToken(name);
  return provide(
    AuthDataSource,
    [ResolvedAuthOptions, { token, optional: true }, ModulesContainer],
    async (
      { database, pooler }: ResolvedAuthOptions,
      source: DataSource | undefined,
      modules: ModulesContainer,
    ) => {
      if (database) {
        refuseTwo(name, source);
        // It loads `pg`, which takes a quarter of the time that all of this package takes to load.
        const { openOwnDatabase } = await import('../own-database/own-database.js');
        return openOwnDatabase(database, pooler, usedTables(parts));
      }
      if (source) {
        assertEntities(source, usedTables(parts));
        if (pooler) setPooling(source, pooler);
        return source;
      }
      const isProvided = [...modules.values()].some(({ providers }) => providers.has(token));
      // A data source that fails to start is missing as well; in that case TypeORM's own error must come first.
      if (isProvided) await setImmediate();
      throw new AuthOptionsError([{ option: 'dataSource', message: whyNone(name, isProvided) }]);
    },
  );
}

/**
 * With `autoLoadEntities`, the entities are there without the host's doing.
 * @throws AuthOptionsError
 */
function refuseTwo(name: string | undefined, source: DataSource | undefined): void {
  if (name !== undefined) throw new AuthOptionsError([{ option: 'dataSource', message: ONE_DATABASE }]);
  const { autoLoadEntities } = (source?.options ?? {}) as { autoLoadEntities?: boolean };
  if (!source || autoLoadEntities || !authEntities.some((entity) => source.hasMetadata?.(entity))) return;
  const message =
    "is for apps whose data source does not have Latchkey's tables, but this one has authEntities: remove them and " +
    'authMigrations from TypeOrmModule.forRoot, or omit database';
  throw new AuthOptionsError([{ option: 'database', message }]);
}

function whyNone(name: string | undefined, isProvided: boolean): string {
  if (isProvided)
    return 'cannot be used: it did not start, or the module that provides it does not export it to AuthModule';
  if (name !== undefined)
    return `is '${name}', but the app has no data source with that name: import TypeOrmModule.forRoot({ name: '${name}', … })`;
  return (
    "is missing: import TypeOrmModule.forRoot({ type: 'postgres', url, entities: [...authEntities], migrations: " +
    "[...authMigrations] }) next to AuthModule; if yours has a name, pass it to AuthModule as dataSource: 'name'; without " +
    'TypeORM, pass database: { url } instead'
  );
}
