import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuthOptionsError } from '../options/options-error.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import type { AuthModuleParts } from './auth-module-parts.js';
import { authEntities, type UsedTables } from './schema.js';

/** A subclass of our own store keeps users in our table. */
export function usedTables({ userStore }: AuthModuleParts): Required<UsedTables> {
  const isOurs = userStore === TypeOrmUserStore || userStore?.prototype instanceof TypeOrmUserStore;
  return { users: userStore === undefined || isOurs };
}

/**
 * Checks that the data source knows the entities, before anything asks it for their tables.
 * @throws AuthOptionsError
 */
export function assertEntities(source: DataSource, used: UsedTables): void {
  // A host's test double may have less.
  if (typeof source.hasMetadata !== 'function') return;
  const missing = authEntities(used).filter((entity) => !source.hasMetadata(entity));
  if (missing.length === 0) return;
  const call = used.users === false ? 'authEntities({ users: false })' : 'authEntities';
  throw new AuthOptionsError([
    {
      option: 'dataSource',
      message: source.isInitialized
        ? `does not know ${missing.map(({ name }) => name).join(', ')}: add ...${call} to the entities of TypeOrmModule.forRoot, ` +
          'or set autoLoadEntities: true'
        : 'is not initialized: call its initialize() before AuthModule is instantiated',
    },
  ]);
}

/**
 * Makes the entities known to a data source with `autoLoadEntities`. Only this effect of `forFeature` is needed: the
 * module that it returns requires a data source of `TypeOrmModule`, and the host's may be provided in another way.
 */
export function offerEntities(parts: AuthModuleParts): void {
  TypeOrmModule.forFeature(authEntities(usedTables(parts)), parts.dataSource);
}
