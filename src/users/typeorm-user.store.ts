import type { DataSource, EntityManager } from 'typeorm';
import { BatchedRead } from '../database/batched-read.js';
import { PreparedStatement } from '../database/prepared-statement.js';
import { runInTransaction, runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { isUuid } from '../database/uuid.js';
import { ImportedUsers } from './imported-users.js';
import { assertCommitted, insertWithHook } from './insert-with-hook.js';
import { takenField } from './taken-field.js';
import { insertOf } from './user-insert.js';
import { listOf } from './user-list.js';
import { HostUserColumns, OUR_COLUMNS, type Row, type UserColumns } from './user-columns.js';
import type {
  CreationHook,
  ImportFate,
  NewUser,
  UserAccess,
  UserAdministration,
  UserQuery,
  UserRecord,
  UserStore,
} from './user-store.js';
import { User, type UserClass } from './user.entity.js';

const UNIQUE_VIOLATION = '23505';

/** Changes to a user. Properties that are not given stay unchanged. */
export interface UserChanges {
  disabled?: boolean;
  roles?: string[];
  permissions?: string[];
}

/**
 * Stores users in the table of the {@link User} entity, or of a subclass with columns of the host: then the users it
 * returns are instances of that class, and a field of a registration sets the column of the same name. Throws an
 * `UnavailableError` if the database is unavailable. Uses SQL because every refresh reads a user: a repository takes
 * twice as long, and one query serves all concurrent reads.
 */
export class TypeOrmUserStore implements UserStore, UserAdministration {
  /** @internal */ readonly table: string;
  private readonly columns: UserColumns;
  private readonly byId: (id: string) => Promise<Row | null>;
  private readonly imports: ImportedUsers;
  private hook: CreationHook | undefined;

  /**
   * @param entity what `authEntities({ users })` was given
   * @param manager the transaction to work in. Default: each method is its own
   */
  constructor(
    /** @internal */ readonly dataSource: DataSource,
    /** @internal */ readonly entity: UserClass = User,
    private readonly manager?: EntityManager,
  ) {
    this.table = tableOf(dataSource, entity);
    this.columns = entity === User ? OUR_COLUMNS : new HostUserColumns(dataSource, entity);
    this.imports = new ImportedUsers(dataSource, this.table);
    const select = `SELECT ${this.columns.record} FROM ${this.table} WHERE id`;
    if (manager) {
      this.byId = async (id) => (await this.statement<Row>(`${select} = $1`, [id])).rows[0] ?? null;
    } else if (entity === User) {
      const reads = new BatchedRead<Row>(dataSource, `${select} = ANY($1::uuid[])`);
      this.byId = (id) => reads.find(id);
    } else {
      // Not batched, because reads of the same user would share the objects in columns of the host.
      const read = new PreparedStatement<Row>(dataSource, `${select} = $1`, this.columns.types);
      this.byId = async (id) => (await read.run([id]))[0] ?? null;
    }
  }

  /**
   * The same users as a transaction of this data source sees and changes them.
   * @internal
   */
  within(manager: EntityManager): TypeOrmUserStore {
    const store = new TypeOrmUserStore(this.dataSource, this.entity, manager);
    store.hook = this.hook;
    return store;
  }

  /** Returns the user with this id, or `null` without a query if the id is not a UUID. */
  async findById(id: string): Promise<UserRecord | null> {
    const row = isUuid(id) ? await this.byId(id) : null;
    return row && this.columns.toRecord(row);
  }

  /** Returns the user with this canonical address. */
  async findByEmail(canonicalEmail: string): Promise<UserRecord | null> {
    const sql = `SELECT ${this.columns.record} FROM ${this.table} WHERE email = $1`;
    const [user] = await this.users(sql, [canonicalEmail]);
    return user ?? null;
  }

  onCreate(hook: CreationHook): void {
    this.hook = hook;
  }

  /** @throws ValidationFailedError if another user has the value of a field that must be unique */
  async create(user: NewUser): Promise<UserRecord | null> {
    const { hook } = this;
    const { fields } = user;
    const insert = insertOf(user, this.table, this.columns);
    try {
      if (!hook || !fields) return (await this.users(insert.text, insert.values))[0] ?? null;
      const { dataSource, table, columns } = this;
      const insertion = { dataSource, table, insert, manager: this.manager };
      const id = await insertWithHook(insertion, (row, manager) =>
        hook(columns.toRecord(row), fields, { manager }),
      );
      // Read again, because the hook may have changed the row, or the object it got.
      return id === null ? null : assertCommitted(await this.findById(id));
    } catch (error) {
      throw takenField(error, this.columns) ?? error;
    }
  }

  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.table} SET password_hash = $3, updated_at = now() WHERE id = $1 AND password_hash = $2`,
      [id, expected, next],
    );
  }

  async setPasswordHash(id: string, expected: string | null, next: string | null): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.table} SET password_hash = $3, updated_at = now()
       WHERE id = $1 AND password_hash IS NOT DISTINCT FROM $2`,
      [id, expected, next],
    );
  }

  async replaceEmail(id: string, expected: string, next: string): Promise<boolean> {
    const sql = `UPDATE ${this.table} SET email = $3, updated_at = now() WHERE id = $1 AND email = $2`;
    return this.changes(sql, [id, expected, next]).catch((error: unknown) => {
      if ((error as { code?: unknown }).code === UNIQUE_VIOLATION) return false;
      throw error;
    });
  }

  async setName(id: string, name: string | null): Promise<boolean> {
    return this.changes(`UPDATE ${this.table} SET name = $2, updated_at = now() WHERE id = $1`, [id, name]);
  }

  setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return this.update(id, { disabled });
  }

  setAccess(id: string, { roles, permissions }: UserAccess): Promise<boolean> {
    return this.update(id, { roles, permissions });
  }

  async remove(id: string): Promise<boolean> {
    return this.changes(`DELETE FROM ${this.table} WHERE id = $1`, [id]);
  }

  /** Lists users in the order of the unique index on the address, which is that of the column's collation. */
  async list(query: UserQuery): Promise<UserRecord[]> {
    const { text, values } = listOf(query, this.table, this.columns);
    return this.users(text, values);
  }

  addImported(users: readonly UserRecord[]): Promise<ImportFate[]> {
    return this.imports.add(users);
  }

  /**
   * Changes several properties of a user in one step. Not part of the `UserStore` interface. Returns `false` if there
   * is no such user.
   */
  async update(id: string, { disabled, roles, permissions }: UserChanges): Promise<boolean> {
    return this.changes(
      `UPDATE ${this.table} SET updated_at = now(), roles = COALESCE($2, roles),
         permissions = COALESCE($3, permissions),
         disabled_at = CASE $4::boolean WHEN true THEN COALESCE(disabled_at, now()) WHEN false THEN NULL
           ELSE disabled_at END
       WHERE id = $1`,
      [id, roles ?? null, permissions ?? null, disabled ?? null],
    );
  }

  private async users(text: string, values: unknown[]): Promise<UserRecord[]> {
    const { rows } = await this.statement<Row>(text, values);
    return rows.map((row) => this.columns.toRecord(row));
  }

  /** Whether a statement has changed the user whose id is its first value. */
  private async changes(text: string, values: [id: string, ...unknown[]]): Promise<boolean> {
    return isUuid(values[0]) && (await this.statement(text, values)).count === 1;
  }

  private statement<R>(text: string, values: unknown[]): Promise<StatementResult<R>> {
    const { types } = this.columns;
    const statement = { text, values, ...(types && { types }) };
    return this.manager
      ? runInTransaction(this.manager, statement)
      : runStatement(this.dataSource, statement);
  }
}
