import type { DataSource, EntityMetadata } from 'typeorm';
import type { UserRecord } from './user-store.js';
import { storableFields } from './registration-fields.js';
import { ourTypes } from '../database/value-parsers.js';
import { type User, USER_PROPERTIES, type UserClass } from './user.entity.js';

const RECORD = `id, email, name, roles, permissions, password_hash AS "passwordHash", created_at AS "createdAt"`;
const DISABLED = 'disabled_at IS NOT NULL';

/** How users are read from their table, and written to it. */
export interface UserColumns {
  /** What a statement selects. */
  readonly record: string;
  /** The condition for a user who is disabled. */
  readonly disabled: string;
  /** Parsers for the types that we do not know; see `runStatement`. */
  readonly types?: object;
  toRecord(row: Row): UserRecord;
  /** The columns that the fields of a registration set, and their values. */
  valuesOf(fields: object | undefined): { name: string; value: unknown }[];
  /** The field that is stored in one of these columns. */
  fieldOf(columns: string): string | undefined;
}

type ColumnMetadata = EntityMetadata['columns'][number];

export type Row = UserRecord & Record<string, unknown>;

/** The columns of our own entity. */
export const OUR_COLUMNS: UserColumns = {
  record: `${RECORD}, ${DISABLED} AS disabled`,
  disabled: DISABLED,
  // Concurrent reads share the same row.
  toRecord: ({ roles, permissions, createdAt, ...row }) => ({
    ...row,
    roles: [...roles],
    permissions: [...permissions],
    createdAt: new Date(createdAt),
  }),
  valuesOf: () => [],
  fieldOf: () => undefined,
};

/**
 * The columns of a host's subclass of `User`. Records are instances of that class, with `disabled` in addition. Values
 * are converted as TypeORM does, with the transformers of the columns. A column for soft deletion disables the user.
 */
export class HostUserColumns implements UserColumns {
  readonly record: string;
  readonly disabled: string;
  readonly types: object;
  private readonly entity: EntityMetadata;
  private readonly read: { alias: string; column: ColumnMetadata }[];
  private readonly written: ColumnMetadata[];

  constructor(
    private readonly dataSource: DataSource,
    entity: UserClass,
  ) {
    this.entity = dataSource.getMetadata(entity);
    const added = this.entity.columns.filter(isAdded);
    this.written = added.filter(({ isInsert, isVersion }) => isInsert || isVersion);
    this.read = added
      .filter(({ isSelect }) => isSelect)
      .map((column, place) => ({ alias: `added_${place}`, column }));
    const { deleteDateColumn } = this.entity;
    this.disabled = deleteDateColumn
      ? `${DISABLED} OR ${this.quoted(deleteDateColumn)} IS NOT NULL`
      : DISABLED;
    this.record = [
      RECORD,
      'disabled_at AS "disabledAt"',
      'updated_at AS "updatedAt"',
      `(${this.disabled}) AS disabled`,
      ...this.read.map(({ alias, column }) => `${this.quoted(column)} AS ${alias}`),
    ].join(', ');
    this.types = ourTypes(dataSource);
  }

  toRecord({ disabled, ...row }: Row): UserRecord {
    const user = this.entity.create() as User;
    for (const name of USER_PROPERTIES) Object.assign(user, { [name]: row[name] });
    for (const { alias, column } of this.read)
      column.setEntityValue(user, this.dataSource.driver.prepareHydratedValue(row[alias], column));
    const own = { value: disabled, enumerable: true, writable: true, configurable: true };
    return Object.defineProperty(user, 'disabled', own);
  }

  valuesOf(given: object | undefined): { name: string; value: unknown }[] {
    const fields = storableFields(given);
    return this.written.flatMap((column) => {
      const value: unknown = column.isVersion ? 1 : column.getEntityValue(fields);
      if (value === undefined) return [];
      return {
        name: this.quoted(column),
        value: this.dataSource.driver.preparePersistentValue(value, column) as unknown,
      };
    });
  }

  fieldOf(columns: string): string | undefined {
    const words: string[] = columns.match(/[^\s"(),:]+/g) ?? [];
    return this.written.find(({ databaseName }) => words.includes(databaseName))?.propertyPath;
  }

  private quoted({ databaseName }: ColumnMetadata): string {
    return this.dataSource.driver.escape(databaseName);
  }
}

/** A column in the table that the host has declared, and not only the key of a relation. */
function isAdded({ propertyPath, isVirtual, isVirtualProperty }: ColumnMetadata): boolean {
  const ours: readonly string[] = USER_PROPERTIES;
  return !isVirtual && !isVirtualProperty && !ours.includes(propertyPath);
}
