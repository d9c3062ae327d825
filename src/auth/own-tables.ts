import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { AuthOptionsError } from '../options/options-error.js';
import { TypeOrmUserStore } from '../users/typeorm-user.store.js';
import type { AuthModuleParts } from './auth-module-parts.js';
import { authEntities, isUserClass, type UsedTables } from './schema.js';
import { User } from '../users/user.entity.js';

/** What our entity of users declares. */
const TABLE = 'users';

/** The injection token of what {@link usedTables} says of this module. */
export const OwnTables = Symbol('OwnTables');

/** For the part `dataSource` next to the option `database`. */
export const ONE_DATABASE =
  'is the name of a TypeORM data source, which is not used with database: { url }: pass one of them';

/** A subclass of our own store keeps users in our table. */
export function usedTables({ userStore, userEntity }: AuthModuleParts): Required<UsedTables> {
  const isOurs = userStore === TypeOrmUserStore || userStore?.prototype instanceof TypeOrmUserStore;
  return { users: (userStore === undefined || isOurs) && (userEntity ?? true) };
}

/**
 * Checks that the data source knows the entities, before anything asks it for their tables.
 * @throws AuthOptionsError
 */
export function assertEntities(source: DataSource, used: UsedTables): void {
  // A host's test double may have less.
  if (typeof source.hasMetadata !== 'function') return;
  const missing = authEntities(used).filter((entity) => !source.hasMetadata(entity));
  if (missing.length === 0) return assertTable(source, used);
  const extended =
    source.isInitialized && used.users === true && missing.includes(User) && subclassIn(source);
  if (extended)
    throw problem(
      'userEntity',
      `is missing: write userEntity: ${extended} in AuthModule.forRoot, because the data source has it in place of User`,
    );
  const call = used.users === true ? 'authEntities' : `authEntities({ users: ${nameOf(used.users)} })`;
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

/** Everything else expects the table that the migrations write. */
function assertTable(source: DataSource, { users }: UsedTables): void {
  if (typeof users !== 'function') return;
  const given = source.getMetadata(users).givenTableName;
  if (given !== TABLE)
    throw problem(
      'userEntity',
      `must be for our table: write @Entity('${TABLE}') class ${users.name} extends User`,
    );
}

/** The name of an entity that extends ours. */
function subclassIn(source: DataSource): string | undefined {
  return source.entityMetadatas.find(({ target }) => isUserClass(target))?.name;
}

function nameOf(users: UsedTables['users']): string {
  return typeof users === 'function' ? users.name : String(users);
}

function problem(option: string, message: string): AuthOptionsError {
  return new AuthOptionsError([{ option, message }]);
}

/**
 * Makes the entities known to a data source with `autoLoadEntities`. Only this effect of `forFeature` is needed: the
 * module that it returns requires a data source of `TypeOrmModule`, and the host's may be provided in another way.
 */
export function offerEntities(parts: AuthModuleParts): void {
  TypeOrmModule.forFeature(authEntities(usedTables(parts)), parts.dataSource);
}
