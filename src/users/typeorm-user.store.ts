import type { DataSource } from 'typeorm';
import { BatchedRead } from '../database/batched-read.js';
import { PreparedStatement } from '../database/prepared-statement.js';
import { runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { isUuid } from '../database/uuid.js';
import { ImportedUsers } from './imported-users.js';
import { assertCommitted, insertWithHook } from './insert-with-hook.js';
import { takenField } from './taken-field.js';
import { insertOf } from './user-insert.js';
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
  private readonly table: string;
  private readonly columns: UserColumns;
  private readonly byId: (id: string) => Promise<Row | null>;
  private readonly imports: ImportedUsers;
  private hook: CreationHook | undefined;

  /** @param entity what `authEntities({ users })` was given */
  constructor(
    private readonly dataSource: DataSource,
    entity: UserClass = User,
  ) {
    this.table = tableOf(dataSource, entity);
    this.columns = entity === User ? OUR_COLUMNS : new HostUserColumns(dataSource, entity);
    this.imports = new ImportedUsers(dataSource, this.table);
    const select = `SELECT ${this.columns.record} FROM ${this.table} WHERE id`;
    if (entity === User) {
      const reads = new BatchedRead<Row>(dataSource, `${select} = ANY($1::uuid[])`);
      this.byId = (id) => reads.find(id);
    } else {
      // Not batched, because reads of the same user would share the objects in columns of the host.
      const read = new PreparedStatement<Row>(dataSource, `${select} = $1`, this.columns.types);
      this.byId = async (id) => (await read.run([id]))[0] ?? null;
    }
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
      if (!hook || !fields) return await this.created(runStatement<Row>(this.dataSource, insert));
      const { dataSource, table, columns } = this;
      const id = await insertWithHook({ dataSource, table, insert }, (row, manager) =>
        hook(columns.toRecord(row), fields, { manager }),
      );
      // Read again, because the hook may have changed the row, or the object it got.
      return id === null ? null : assertCommitted(await this.findById(id));
    } catch (error) {
      throw takenField(error, this.columns) ?? error;
    }
  }

  async replacePasswordHash(id: string, expected: string, next: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const { count } = await this.run(
      `UPDATE ${this.table} SET password_hash = $3, updated_at = now() WHERE id = $1 AND password_hash = $2`,
      [id, expected, next],
    );
    return count === 1;
  }

  setDisabled(id: string, disabled: boolean): Promise<boolean> {
    return this.update(id, { disabled });
  }

  setAccess(id: string, { roles, permissions }: UserAccess): Promise<boolean> {
    return this.update(id, { roles, permissions });
  }

  async remove(id: string): Promise<boolean> {
    if (!isUuid(id)) return false;
    const sql = `DELETE FROM ${this.table} WHERE id = $1`;
    const { count } = await this.run(sql, [id]);
    return count === 1;
  }

  /** Lists users in the order of the unique index on the address, which is that of the column's collation. */
  async list({ limit, after, emailPart, disabled }: UserQuery): Promise<UserRecord[]> {
    const parameters: unknown[] = [limit];
    const conditions: string[] = [];
    const bind = (value: string) => `$${parameters.push(value)}`;
    // Only the requested conditions, so that the planner can tell when few users match.
    if (after !== undefined) conditions.push(`email > ${bind(after)}`);
    if (emailPart) conditions.push(`email LIKE ${bind(`%${emailPart.replaceAll(/[\\%_]/g, '\\$&')}%`)}`);
    if (disabled !== undefined) conditions.push(`${disabled ? '' : 'NOT '}(${this.columns.disabled})`);
    const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const sql = `SELECT ${this.columns.record} FROM ${this.table} ${filter} ORDER BY email LIMIT $1`;
    return this.users(sql, parameters);
  }

  addImported(users: readonly UserRecord[]): Promise<ImportFate[]> {
    return this.imports.add(users);
  }

  /**
   * Changes several properties of a user in one step. Not part of the `UserStore` interface. Returns `false` if there
   * is no such user.
   */
  async update(id: string, { disabled, roles, permissions }: UserChanges): Promise<boolean> {
    if (!isUuid(id)) return false;
    const { count } = await this.run(
      `UPDATE ${this.table} SET updated_at = now(), roles = COALESCE($2, roles),
         permissions = COALESCE($3, permissions),
         disabled_at = CASE $4::boolean WHEN true THEN COALESCE(disabled_at, now()) WHEN false THEN NULL
           ELSE disabled_at END
       WHERE id = $1`,
      [id, roles ?? null, permissions ?? null, disabled ?? null],
    );
    return count === 1;
  }

  private async created(inserted: Promise<StatementResult<Row>>): Promise<UserRecord | null> {
    const [row] = (await inserted).rows;
    return row ? this.columns.toRecord(row) : null;
  }

  private async users(text: string, values: unknown[]): Promise<UserRecord[]> {
    const { types } = this.columns;
    const { rows } = await runStatement<Row>(this.dataSource, { text, values, ...(types && { types }) });
    return rows.map((row) => this.columns.toRecord(row));
  }

  private run(text: string, values: unknown[]): Promise<StatementResult<unknown>> {
    return runStatement(this.dataSource, { text, values });
  }
}
