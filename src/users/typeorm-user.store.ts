import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { BatchedRead } from '../database/batched-read.js';
import { runStatement, type StatementResult } from '../database/statement.js';
import { tableOf } from '../database/table-of.js';
import { isUuid } from '../database/uuid.js';
import type {
  NewUser,
  UserAccess,
  UserAdministration,
  UserQuery,
  UserRecord,
  UserStore,
} from './user-store.js';
import { User } from './user.entity.js';

const RECORD = `id, email, name, roles, permissions, password_hash AS "passwordHash",
  disabled_at IS NOT NULL AS disabled, created_at AS "createdAt"`;

/** Changes to a user. Properties that are not given stay unchanged. */
export interface UserChanges {
  disabled?: boolean;
  roles?: string[];
  permissions?: string[];
}

/**
 * Stores users in the table of the {@link User} entity. Throws an `UnavailableError` if the database is unavailable.
 * Uses SQL because every refresh reads a user: a repository takes twice as long, and one query serves all concurrent
 * reads.
 */
export class TypeOrmUserStore implements UserStore, UserAdministration {
  private readonly table: string;
  private readonly byId: BatchedRead<UserRecord>;

  constructor(private readonly dataSource: DataSource) {
    this.table = tableOf(dataSource, User);
    this.byId = new BatchedRead(dataSource, `SELECT ${RECORD} FROM ${this.table} WHERE id = ANY($1::uuid[])`);
  }

  /** Returns the user with this id, or `null` without a query if the id is not a UUID. */
  async findById(id: string): Promise<UserRecord | null> {
    if (!isUuid(id)) return null;
    const user = await this.byId.find(id);
    if (!user) return null;
    // Concurrent reads share the same object.
    const { roles, permissions, createdAt } = user;
    return { ...user, roles: [...roles], permissions: [...permissions], createdAt: new Date(createdAt) };
  }

  /** Returns the user with this canonical address. */
  async findByEmail(canonicalEmail: string): Promise<UserRecord | null> {
    const sql = `SELECT ${RECORD} FROM ${this.table} WHERE email = $1`;
    const rows = await this.query<UserRecord>(sql, [canonicalEmail]);
    return rows[0] ?? null;
  }

  async create(user: NewUser): Promise<UserRecord | null> {
    const { email, name, passwordHash, roles = [], permissions = [] } = user;
    const rows = await this.query<UserRecord>(
      `INSERT INTO ${this.table} (id, email, name, password_hash, roles, permissions) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (email) DO NOTHING RETURNING ${RECORD}`,
      [randomUUID(), email, name, passwordHash, roles, permissions],
    );
    return rows[0] ?? null;
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
    if (disabled !== undefined) conditions.push(`disabled_at IS ${disabled ? 'NOT ' : ''}NULL`);
    const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const sql = `SELECT ${RECORD} FROM ${this.table} ${filter} ORDER BY email LIMIT $1`;
    return this.query<UserRecord>(sql, parameters);
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

  private async query<Row>(sql: string, parameters: unknown[]): Promise<Row[]> {
    return (await this.run<Row>(sql, parameters)).rows;
  }

  private run<Row>(text: string, values: unknown[]): Promise<StatementResult<Row>> {
    return runStatement(this.dataSource, { text, values });
  }
}
